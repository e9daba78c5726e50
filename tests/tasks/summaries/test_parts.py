"""Notes on a long article end for every model, fit their room, and invent nothing."""

import asyncio
import random
from collections.abc import Callable

import pytest

from pressrun.errors import PromptTooLong
from pressrun.models import Completion, Prompt
from tasks.summaries.brief import Source
from tasks.summaries.budget import TokenMeter, estimate_tokens, prompt_words
from tasks.summaries.parts import MOST_PARTS, NOTE_CHARS, Digest, digest
from tasks.summaries.talk import Talk
from tests.tasks.summarising import LEAD, SECOND, TEXT, THIRD, FakeEngine, article, brief, identity

CONTEXT = 2048
ROOM = 300
LONG = "\n".join([TEXT] * 40)


def inner(prompt: Prompt) -> str:
    return prompt.user.removeprefix("<article>\n").removesuffix("\n</article>")


async def read(
    engine: FakeEngine, text: str = LONG, room: int = ROOM, language: str = "zh"
) -> tuple[Digest, Talk]:
    of = article(text, language)
    talk = Talk(engine, identity(context_tokens=CONTEXT), TokenMeter(), language, of.url)
    return await digest(brief(language, 150, language), Source(of, text), talk, room), talk


async def test_an_article_that_fits_is_read_as_it_stands() -> None:
    engine = FakeEngine("")
    done, _ = await read(engine, TEXT)
    assert done == Digest(TEXT, 1, len(TEXT))
    assert engine.prompts == []


ANSWERS: dict[str, str | Callable[[Prompt], str]] = {
    "nothing": "",
    "white space": " \n",
    "a sentence": SECOND,
    "too long": THIRD * 100,
    "one long word": "很" * 10_000,
    "the wrong language": "Ten thousand words. " * 500,
    "false figures": "另有9999人参加。" * 1000,
    "a false quotation": "他说：“没有说过的话。”",
    "thinking": "<think>用户",
    "braces": "{" * 10_000,
    "stops": "。" * 10_000,
    "unseen": "\u202e" * 10_000,
    "short sentences": "。".join("甲乙丙丁戊己庚辛壬癸") + "。",
    "a refusal": "抱歉，我无法概括。",
    "its part": inner,
    "its part, three times": lambda prompt: inner(prompt) * 3,
    "its instructions": lambda prompt: prompt.system,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
async def test_notes_fit_their_room_whatever_a_model_answers(
    answer: str | Callable[[Prompt], str],
) -> None:
    engine = FakeEngine(answer)
    done, talk = await read(engine)
    assert done.text
    assert talk.fits(done.text, ROOM)
    assert 1 < done.parts <= MOST_PARTS
    assert done.chars_read == len(LONG)
    assert len(engine.prompts) == len(talk.answers) <= 2 * done.parts + 6
    assert "9999" not in done.text
    assert "没有说过" not in done.text


@pytest.mark.parametrize("seed", range(8))
async def test_notes_end_for_any_text_any_answer_and_any_room(seed: int) -> None:
    chance = random.Random(seed)
    pieces = [
        LEAD,
        SECOND,
        THIRD,
        "\n",
        "很" * 700,
        "word " * 400,
        "“",
        "。",
        " ",
        "\u3000\n",
        "a" * 900,
    ]
    text = "".join(chance.choices(pieces, k=60)) + THIRD

    def answer(prompt: Prompt) -> str:
        return "".join(chance.choices([*pieces, inner(prompt)], k=chance.randint(0, 5)))

    room = chance.choice([128, 200, 900])
    engine = FakeEngine(answer)
    done, talk = await read(engine, text, room, chance.choice(["zh", "en"]))
    assert done.text
    assert talk.fits(done.text, room)
    for prompt in engine.prompts:
        assert estimate_tokens(prompt_words(prompt)) + prompt.max_tokens <= CONTEXT


async def test_a_note_is_shorter_than_its_part_and_than_its_limit() -> None:
    done, _ = await read(FakeEngine(inner), room=3000)
    assert all(len(note) <= NOTE_CHARS["zh"] for note in done.text.split("\n"))
    assert all(note in LONG.replace("\n", "") for note in done.text.split("\n"))


async def test_a_part_without_a_usable_note_is_told_by_its_own_first_words() -> None:
    done, _ = await read(FakeEngine("另有9999人参加。"), room=3000)
    assert all(note in LONG for note in done.text.split("\n"))


async def test_an_article_just_over_its_room_is_read_in_two_parts_and_not_as_one_note() -> None:
    text = "\n".join([TEXT] * 3)
    engine = FakeEngine(inner)
    done, _ = await read(engine, text)
    assert done.parts == len(engine.prompts) == 2


async def test_every_part_is_asked_about_once_with_the_same_instructions() -> None:
    engine = FakeEngine(SECOND)
    done, _ = await read(engine, room=3000)
    assert len(engine.prompts) == done.parts
    assert len({prompt.system for prompt in engine.prompts}) == 1
    asked = "".join("".join(inner(prompt).split()) for prompt in engine.prompts)
    assert asked == "".join(LONG.split())


async def test_of_a_book_the_first_parts_are_read_and_the_edition_can_say_so() -> None:
    text = "\n".join(f"{number}。{TEXT}" for number in range(1200))
    engine = FakeEngine(SECOND)
    done, _ = await read(engine, text, room=6000)
    assert done.parts == len(engine.prompts) == MOST_PARTS
    assert 0 < done.chars_read < len(text)
    assert inner(engine.prompts[-1]).splitlines()[-1] in text[: done.chars_read + 2000]


async def test_30_000_characters_are_read_whole_in_a_context_of_2048() -> None:
    text = (TEXT + "\n") * (30_000 // len(TEXT))
    done, _ = await read(FakeEngine(SECOND), text, room=300)
    assert done.chars_read == len(text)
    assert done.parts < MOST_PARTS // 2


async def test_the_first_refusal_ends_the_questions_about_the_other_parts() -> None:
    class Refusing(FakeEngine):
        ended = 0

        async def complete(self, prompt: Prompt) -> Completion:
            self.prompts.append(prompt)
            if len(self.prompts) == 2:
                raise PromptTooLong("cut")
            try:
                await asyncio.Event().wait()
            finally:
                self.ended += 1
            raise AssertionError

    engine = Refusing("")
    with pytest.raises(PromptTooLong):
        await read(engine)
    assert engine.ended == len(engine.prompts) - 1 > 0


async def test_parts_refused_together_make_the_next_parts_smaller_by_one_step() -> None:
    class Strict(FakeEngine):
        async def complete(self, prompt: Prompt) -> Completion:
            raise PromptTooLong("cut")

    of = article(LONG)
    talk = Talk(Strict(""), identity(context_tokens=CONTEXT), TokenMeter(), "zh", of.url)
    frame = Prompt(user="")
    before = talk.room(frame, 100)
    with pytest.raises(PromptTooLong):
        await digest(brief(), Source(of, LONG), talk, ROOM)
    assert before / 2 < talk.room(frame, 100) < before / 1.4

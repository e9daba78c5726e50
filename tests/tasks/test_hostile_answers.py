"""Whatever a model answers, however often, the story is told, in time and within the context."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pressrun.errors import BadAnswer, PromptTooLong
from pressrun.models import Completion, Prompt, Summary, Way
from settings import CATEGORIES
from tasks.summaries.brief import Brief
from tasks.summaries.budget import DOUBT, TokenMeter, estimate_tokens, prompt_words
from tasks.summaries.talk import CHARS_A_TOKEN, TEMPLATE_TOKENS, Talk
from tasks.summaries.wording import load_wording
from tasks.summarise import is_sound, summarise_article
from tests.tasks.summarising import (
    FALSE,
    LEAD,
    SECOND,
    TEXT,
    THIRD,
    TRUE,
    FakeEngine,
    article,
    brief,
    identity,
    rungs,
    structured,
    summarise,
)

LONG = "\n".join([TEXT] * 6)

ANSWERS: dict[str, str | Callable[[Prompt], str]] = {
    "white space": " \n\t\u3000\u2028" * 40_000,
    "one word": "很" * 200_000,
    "short sentences": "他说了。" * 50_000,
    "figures": "有7.9万人，" * 30_000,
    "percentages": "5%" * 100_000,
    "digits": "9" * 200_000,
    "dates": "2024年6月18日" * 20_000,
    "quotations": "“a”" * 60_000,
    "open quotation marks": "“" * 200_000,
    "open titles": "《" * 200_000,
    "punctuation": "。！？…—" * 40_000,
    "stops": "." * 200_000,
    "right to left": "\u202e" + TRUE[::-1],
    "unseen": "\u200b\u2060\ufeff\U000e0041" * 1000,
    "combining": "e" + "\u0301" * 100_000,
    "tags": "<a " * 60_000,
    "thinking": "<think>" * 30_000,
    "stars": "*a" * 100_000,
    "bars": "|a" * 100_000,
    "English": "He said so. " * 17_000,
    "names": "Aa Bb " * 33_000,
    "apostrophes": "'a" * 100_000,
    "addresses": "http://a." * 22_000,
    "braces": "{" * 10_000,
    "open objects": '{"a":' * 10_000,
    "nested objects": '{"summary":' * 10_000 + '"x"' + "}" * 10_000,
    "nested lists": structured(TRUE).replace('"财经"', "[" * 50_000 + "]" * 50_000),
    "a list": json.dumps([TRUE]),
    "a string": json.dumps(TRUE),
    "a number": "9" * 5000,
    "a list of a long number": "[" + "9" * 5000 + "]",
    "a long number": structured(TRUE).replace("4}", "9" * 5000 + "}"),
    "half a character": '{"summary": "\\ud83d' + TRUE + '"}',
    "an object that is a string": json.dumps({"summary": json.dumps({"summary": FALSE})}),
    "a long summary": structured(FALSE * 2000),
    "a long category": structured(FALSE, category="</article>" * 20_000),
    "many keywords": structured(FALSE, keywords=("出口",) * 50_000),
    "its own prompt": lambda prompt: prompt.user,
    "its own instructions": lambda prompt: prompt.system or prompt.user,
    "its last question": lambda prompt: prompt.turns[-1].content if prompt.turns else "{",
    "a refusal": "抱歉，作为人工智能助手，我无法完成。",
    "a findings flood": structured("，".join(f"{n}.7万吨" for n in range(11, 35)) + "。"),
}
EACH = pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)


def whole_brief(language: str = "zh", max_chars: int = 150) -> Brief:
    return brief(language, max_chars, language)._replace(categories=CATEGORIES[language])


class Measuring(FakeEngine):
    """Fails the test when a prompt and its answer do not fit *context_tokens*, as estimated."""

    def __init__(self, answer: str | Callable[[Prompt], str], context_tokens: int) -> None:
        super().__init__(answer)
        self.context_tokens = context_tokens

    async def complete(self, prompt: Prompt) -> Completion:
        taken = estimate_tokens(prompt_words(prompt)) + prompt.max_tokens + TEMPLATE_TOKENS
        assert taken <= self.context_tokens
        return await super().complete(prompt)


def check(summary: Summary) -> None:
    assert is_sound(summary)
    assert 0 < len(summary.text) <= 150
    assert summary.calls <= 5 + 3 * summary.parts
    assert len(summary.model_dump_json()) < 40_000
    if summary.way is Way.SELECTED:
        assert summary.text in LONG.replace("\n", "")


@EACH
@pytest.mark.parametrize("context_tokens", [2048, 4096])
async def test_a_story_is_written_or_selected_and_every_prompt_fits(
    answer: str | Callable[[Prompt], str], context_tokens: int
) -> None:
    engine = Measuring(answer, context_tokens)
    by = identity(context_tokens=context_tokens)
    check(await summarise(engine, article(LONG), by=by, asked=whole_brief()))


@EACH
@pytest.mark.parametrize("instructed", [True, False])
async def test_what_is_no_choice_leaves_the_first_sentences(
    answer: str | Callable[[Prompt], str], instructed: bool
) -> None:
    by = identity(Way.SELECTED, 2048, instructed=instructed)
    summary = await summarise(Measuring(answer, 2048), article(LONG), by=by, asked=whole_brief())
    check(summary)
    assert summary.text == LEAD


async def test_an_answer_far_beyond_its_limit_is_cut_before_it_is_read() -> None:
    talk = Talk(FakeEngine("很" * 200_000), identity(), TokenMeter(), "zh", "http://a.example")
    done = await talk.ask(Prompt(user="", max_tokens=10))
    assert (len(done.text), done.done_reason) == (10 * CHARS_A_TOKEN, "length")
    assert talk.answers == [done]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_papers_own_sections_leave_room_for_an_article_in_2048_tokens(language: str) -> None:
    text = TEXT if language == "zh" else "The port was opened on Monday, officials said. " * 5
    engine = FakeEngine("")
    asyncio.run(
        summarise(
            engine,
            article(text, language),
            by=identity(context_tokens=2048),
            asked=whole_brief(language, 150 if language == "zh" else 300),
        )
    )
    assert text.strip() in engine.prompts[0].user


class Strict(FakeEngine):
    """Refuses prompts that take over *limit* tokens, of which *rare* characters take six each."""

    def __init__(self, limit: int, rare: str = "") -> None:
        super().__init__(lambda prompt: structured(TRUE) if prompt.response_schema else SECOND)
        self.limit, self.rare, self.refused = limit, rare, 0

    def count(self, prompt: Prompt) -> int:
        words = prompt_words(prompt)
        return int(0.6 * estimate_tokens(words)) + 6 * sum(words.count(char) for char in self.rare)

    async def complete(self, prompt: Prompt) -> Completion:
        if self.count(prompt) + prompt.max_tokens > self.limit:
            self.refused += 1
            raise PromptTooLong("cut")
        done = await super().complete(prompt)
        return done.model_copy(update={"prompt_tokens": self.count(prompt)})


async def test_one_article_of_costly_characters_does_not_cost_the_others_their_room() -> None:
    engine, meter = Strict(2048, "\U00020000"), TokenMeter()
    strange = article("\n".join([TEXT, "\U00020000" * 400 + "。", THIRD] * 3))
    plain = article("\n".join([TEXT] * 6))
    told = [
        await summarise_article(one, engine, identity(context_tokens=2048), whole_brief(), meter)
        for one in (plain, strange, plain, plain)
    ]
    assert engine.refused > 0
    assert {summary.text for summary in told} == {TRUE}


async def test_stories_that_are_refused_together_are_all_told() -> None:
    class Doubling(Strict):
        together = asyncio.Barrier(8)

        def count(self, prompt: Prompt) -> int:
            return int(1.4 * estimate_tokens(prompt_words(prompt)))

        async def complete(self, prompt: Prompt) -> Completion:
            if self.together.n_waiting < 8 and not self.refused:
                await self.together.wait()
            return await super().complete(prompt)

    engine, meter = Doubling(4096), TokenMeter()
    text = article("\n".join([TEXT] * 12))
    told = await asyncio.gather(*(summarise(engine, text, meter=meter) for _ in range(8)))
    assert engine.refused >= 8
    assert {summary.text for summary in told} == {TRUE}
    assert meter.factor("zh") < 1.4 * DOUBT


async def test_each_refusal_of_a_story_makes_it_count_more_tokens() -> None:
    talk = Talk(Strict(10), identity(), TokenMeter(), "zh", "http://a.example")
    frame = Prompt(user=TEXT)
    rooms = [talk.room(frame, 100)]
    for _ in range(3):
        with pytest.raises(PromptTooLong):
            await talk.ask(frame)
        rooms.append(talk.room(frame, 100))
    assert rooms == sorted(rooms, reverse=True)
    assert rooms[0] > 3 * rooms[-1]


async def test_a_model_that_answers_nothing_readable_is_still_asked_to_the_end() -> None:
    class Empty(FakeEngine):
        async def complete(self, prompt: Prompt) -> Completion:
            await super().complete(prompt)
            raise BadAnswer("empty")

    summary = await summarise(Empty(""))
    assert (summary.text, rungs(summary)[-1]) == (LEAD, "first sentences")
    assert summary.calls == 5


async def test_a_papers_own_prompts_are_what_is_said(tmp_path: Path) -> None:
    folder = tmp_path
    (folder / "plain.zh.txt").write_text(
        "只写一句。\n---\n<article>\n{article}\n</article>", "utf-8"
    )
    asked = brief()._replace(wording=load_wording(str(folder)))
    engine = FakeEngine("{", "{", TRUE)
    assert (await summarise(engine, asked=asked)).text == TRUE
    assert engine.prompts[2].system == "只写一句。"
    assert TEXT in engine.prompts[2].user

"""A summary keeps to its length, whatever the engine answers."""

import json
import random
import unicodedata

import pytest

from pressrun.errors import BadAnswer
from pressrun.models import Article, Completion, ModelIdentity, Prompt, Way
from tasks.summaries.sentences import is_finished
from tasks.summaries.wording import estimate_tokens, harmless, prompt_text, shorten, word_prompt
from tasks.summarise import prompt_sha256, repair, summarise_article

LEAD = (
    "国家统计局今天公布，前三季度国内生产总值同比增长5.2%，增速比上半年加快0.1个百分点，符合预期。"
)
SECOND = (
    "他表示，全年的目标可以实现，政策还有空间，市场信心正在恢复，投资和消费都将保持平稳的增长。"
)
THIRD = (
    "分析人士认为，出口的回升和服务业的扩张是今年的主要动力，"
    "制造业投资也好于此前市场的普遍预期和年初的预测。"
)
TEXT = f"{LEAD}{SECOND}\n{THIRD}"


class FakeEngine:
    def __init__(self, *answers: str, done_reason: str = "stop") -> None:
        self.answers, self.done_reason, self.prompts = list(answers), done_reason, list[Prompt]()

    async def identify(self) -> ModelIdentity:
        return identity(Way.WRITTEN)

    async def complete(self, prompt: Prompt) -> Completion:
        self.prompts.append(prompt)
        text = self.answers.pop(0)
        if text.startswith("#") and prompt.response_schema:
            text = json.dumps(prompt.response_schema["enum"][int(text[1:])], ensure_ascii=False)
        return Completion(text=text, model="fake", done_reason=self.done_reason, output_tokens=9)


def identity(way: Way, context_tokens: int = 4096) -> ModelIdentity:
    return ModelIdentity(engine="fake", model="fake:1", way=way, context_tokens=context_tokens)


def article(text: str = TEXT, language: str = "zh") -> Article:
    return Article(
        url="http://news.example/1",
        title="数据公布",
        text=text,
        language=language,
        extractor="test",
        page_sha256="0" * 64,
    )


async def test_a_written_summary_is_cleaned_and_says_how_it_was_made() -> None:
    engine = FakeEngine(f"<think>嗯</think>以下是摘要：\n**{LEAD}**")
    summary = await summarise_article(article(), engine, identity(Way.WRITTEN), max_chars=150)
    assert summary.text == LEAD
    assert summary.repairs == ("cleaned",)
    assert (summary.way, summary.language, summary.model) == (Way.WRITTEN, "zh", "fake:1")
    assert summary.chars_read == summary.chars_total == len(TEXT)
    assert summary.prompt_sha256 == prompt_sha256(Way.WRITTEN, "zh")


async def test_the_article_comes_last_and_the_unchanging_part_first() -> None:
    engine = FakeEngine(LEAD, LEAD)
    for text in (TEXT, TEXT + THIRD):
        await summarise_article(article(text), engine, identity(Way.WRITTEN), max_chars=150)
    first, second = engine.prompts
    assert first.system == second.system != ""
    assert "120" in first.system
    assert first.user == f"<article>\n{TEXT}\n</article>"


async def test_a_summary_that_is_too_long_is_cut_at_a_sentence_end() -> None:
    engine = FakeEngine(LEAD + SECOND + THIRD + LEAD)
    summary = await summarise_article(article(), engine, identity(Way.WRITTEN), max_chars=150)
    assert summary.text == LEAD + SECOND + THIRD
    assert summary.repairs == ("cut at a sentence end",)


async def test_the_unfinished_last_sentence_of_an_answer_cut_short_is_dropped() -> None:
    engine = FakeEngine(LEAD + "他表示，全年", done_reason="length")
    summary = await summarise_article(article(), engine, identity(Way.WRITTEN), max_chars=150)
    assert summary.text == LEAD
    assert summary.repairs == ("unfinished sentence dropped",)


@pytest.mark.parametrize(
    ("answer", "done_reason", "named"),
    [
        ("", "stop", "no whole sentence"),
        ("以下是摘要：", "stop", "以下是摘要"),
        ("<think>用户想要", "length", "<think>用户想要"),
        ("很" * 200 + "。", "stop", "150"),
        ("国家统计局今天公布，前三季度国内", "length", "length"),
        ("The statistics office published its figures on Monday.", "stop", "language"),
        ("好的，没有。", "stop", "6 characters"),
        ("。。。！！！。。。！！！", "stop", "language"),
    ],
)
async def test_an_answer_without_a_summary_is_a_transient_error_that_names_what_came(
    answer: str, done_reason: str, named: str
) -> None:
    engine = FakeEngine(answer, done_reason=done_reason)
    with pytest.raises(BadAnswer, match=named) as caught:
        await summarise_article(article(), engine, identity(Way.WRITTEN), max_chars=150)
    assert caught.value.transient
    assert "http://news.example/1" in str(caught.value)


PIECES = (
    LEAD,
    SECOND,
    "“引语没有完",
    "。",
    "\n",
    "- ",
    "**",
    "<b>",
    "</think>",
    "e\u0301",
    "👨‍👩‍👧",
    "ﷺ",
    "\u0958",
    "…",
    "，",
    "很" * 149,
    "3.5亿",
    "Mr. Smith of the U.S. said so. ",
    "（共120字）",
    '"',
    "\u202e",
    "以下是摘要：",
)


def test_every_repaired_answer_keeps_to_the_length_and_ends_where_a_sentence_ends() -> None:
    chance = random.Random(20261122)
    kept = 0
    for _ in range(3000):
        answer = "".join(chance.choices(PIECES, k=chance.randint(0, 12)))
        for limit in (20, 150, 300):
            text, repairs = repair(answer, chance.choice(["stop", "length"]), limit)
            kept += bool(text)
            assert len(unicodedata.normalize("NFC", text)) <= limit
            assert "\n" not in text
            assert not text or not repairs or repairs == ("cleaned",) or is_finished(text)
    assert kept > 3000


async def test_a_selected_summary_consists_of_the_articles_sentences() -> None:
    engine = FakeEngine("#0", "#1", "#2")
    for expected in (LEAD, LEAD + SECOND, LEAD + THIRD):
        summary = await summarise_article(article(), engine, identity(Way.SELECTED), max_chars=150)
        assert summary.text == expected
        assert summary.repairs == ()
    prompt = engine.prompts[0]
    assert prompt.system == ""
    assert prompt.user == f"新闻：{TEXT}\n\n标题：数据公布\n\n这条新闻最重要的内容是："
    assert prompt.response_schema is not None
    assert set(prompt.response_schema) == {"type", "enum"}


async def test_choices_hold_nothing_that_json_escapes_and_the_summary_is_verbatim() -> None:
    text = (
        'The mayor said "no" to the \\ plan that the council had passed on Monday after a debate.'
    )
    engine = FakeEngine("#0")
    summary = await summarise_article(
        article(text, "en"), engine, identity(Way.SELECTED), max_chars=300
    )
    assert summary.text == text
    assert engine.prompts[0].response_schema is not None
    (choice,) = engine.prompts[0].response_schema["enum"]
    assert json.dumps(choice, ensure_ascii=False) == f'"{choice}"'
    assert choice in engine.prompts[0].user


@pytest.mark.parametrize(
    ("answer", "done_reason"),
    [
        (json.dumps("国内生产总值大幅下降。"), "stop"),
        (json.dumps([LEAD]), "stop"),
        (LEAD, "stop"),
        (json.dumps(LEAD), "length"),
        (json.dumps(LEAD[:-1]), "stop"),
        ("[" * 100_000, "stop"),
        ("", "stop"),
    ],
)
async def test_anything_but_one_of_the_choices_is_refused(answer: str, done_reason: str) -> None:
    engine = FakeEngine(answer, done_reason=done_reason)
    with pytest.raises(BadAnswer, match="none of") as caught:
        await summarise_article(article(), engine, identity(Way.SELECTED), max_chars=150)
    assert caught.value.transient


async def test_an_article_without_a_sentence_to_choose_is_a_final_error() -> None:
    with pytest.raises(BadAnswer, match="raise max_chars") as caught:
        await summarise_article(
            article("很" * 400), FakeEngine(), identity(Way.SELECTED), max_chars=150
        )
    assert not caught.value.transient


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("context_tokens", [1024, 4096])
async def test_a_long_article_is_shortened_at_a_sentence_end_to_fit_the_context(
    way: Way, context_tokens: int
) -> None:
    engine = FakeEngine("#0" if way is Way.SELECTED else LEAD)
    summary = await summarise_article(
        article(TEXT * 100), engine, identity(way, context_tokens), max_chars=150
    )
    (prompt,) = engine.prompts
    assert estimate_tokens(prompt.system + prompt.user) + prompt.max_tokens <= context_tokens
    assert summary.chars_read < summary.chars_total == len(TEXT) * 100
    assert is_finished((TEXT * 100)[: summary.chars_read])


async def test_a_context_without_room_for_an_article_is_a_final_error() -> None:
    with pytest.raises(BadAnswer, match="num_ctx") as caught:
        await summarise_article(article(), FakeEngine(), identity(Way.WRITTEN, 512), max_chars=150)
    assert not caught.value.transient


def test_a_text_is_shortened_only_between_sentences() -> None:
    assert shorten(TEXT, 10_000, 10_000) == TEXT
    assert shorten(TEXT, 10_000, len(LEAD) + 5) == LEAD
    assert shorten(TEXT, estimate_tokens(LEAD) + 5, 10_000) == LEAD
    assert 0 < len(shorten("很" * 500, 130, 10_000)) <= 100


@pytest.mark.parametrize(
    "mark",
    ["</article>", "<|im_end|>", "<start_of_turn>", "</s>", "[INST]", "<｜User｜>", "<think>"],
)
def test_marks_imitated_in_an_article_are_only_words_to_the_model(mark: str) -> None:
    prompt = word_prompt(Way.WRITTEN, "zh", "", f"甲{mark}乙{{target}}", 150)
    inner = prompt.user.removeprefix("<article>\n").removesuffix("\n</article>")
    assert not {"<", ">"} & set(inner)
    assert mark not in inner
    assert inner.endswith("乙{target}")


def test_a_hostile_title_is_short_and_harmless() -> None:
    user = word_prompt(Way.SELECTED, "zh", "<|im_end|>\n标题" * 99, TEXT, 150).user
    assert "<" not in user
    assert len(user) < len(TEXT) + 200


def test_an_ordinary_text_is_sent_as_it_is() -> None:
    assert harmless(f"{TEXT} [AP] C# 5 * 3") == f"{TEXT} [AP] C# 5 * 3"


@pytest.mark.parametrize("way", list(Way))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_way_has_its_wording_in_each_language(way: Way, language: str) -> None:
    assert prompt_text(way, language).count("{article}") == 1
    chinese = any("\u4e00" <= char <= "\u9fff" for char in prompt_text(way, language))
    assert chinese == (language == "zh")


def test_the_prompts_hash_differs_by_way_and_language_and_changes_with_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hashes = {prompt_sha256(way, language) for way in Way for language in ("zh", "en")}
    assert len(hashes) == 4
    before = prompt_sha256(Way.WRITTEN, "zh")
    monkeypatch.setattr("tasks.summarise.VERSION", 99)
    assert prompt_sha256(Way.WRITTEN, "zh") != before

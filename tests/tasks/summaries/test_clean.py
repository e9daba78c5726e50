"""What a model puts around a summary goes; what belongs to it stays."""

import time

import pytest

from tasks.summaries.clean import clean_answer

ZH = "国务院今天公布新规，自明年1月1日起施行。"
EN = "The council passed the budget on Tuesday."


@pytest.mark.parametrize(
    "answer",
    [
        f"<think>先看看\n新闻……</think>\n\n{ZH}",
        f"思考一下</think>{ZH}",
        f"[THINK]hm[/THINK]{ZH}",
        f"Thinking...\nThe user wants…\n...done thinking.\n\n{ZH}",
        "<|channel|>analysis<|message|>Let me see<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{ZH}<|return|>",
        f"<|im_start|>assistant\n{ZH}<|im_end|>\n<|im_start|>user\n再写一篇",
        f"{ZH}<end_of_turn>\n<start_of_turn>user\nmore",
        f"[INST]{ZH}[/INST]</s>",
        f"以下是摘要：{ZH}",
        f"好的，以下是这篇新闻的摘要（150字以内）：\n\n{ZH}",
        f"根据您提供的新闻，以下是摘要：{ZH}",
        f"好的。\n{ZH}",
        f"**摘要**：{ZH}",
        f"**摘要**\n\n{ZH}",
        f"## 新闻摘要\n{ZH}",
        f"【摘要】{ZH}",
        f"修改后的摘要：{ZH}",
        f"“{ZH}”",
        f"摘要：“**{ZH}**”",
        f"```text\n{ZH}\n```",
        f"<p>{ZH}</p>",
        f"<article>{ZH}</article>",
        f"{ZH}（共120字）",
        f"{ZH}\n\n（字数：120字）",
        f"{ZH}\n字数：120",
        f"{ZH}\n\n注：以上摘要根据原文整理。",
        f"{ZH}\n\n希望这个摘要对您有帮助！",
        "国务院\u202e今天\u200b公布新规，自明年1月1日\x00起施行。\ufeff",
        f"  {ZH}\r\n",
        f"<script>alert(1)</script>{ZH}",
    ],
)
def test_what_surrounds_a_chinese_summary_goes(answer: str) -> None:
    assert clean_answer(answer) == ZH


@pytest.mark.parametrize(
    "answer",
    [
        f"Here is a summary of the article in under 300 characters:\n\n{EN}",
        f"Sure, here's a concise summary:\n{EN}",
        f"Summary: {EN}",
        f"**Summary:** {EN}",
        f"TL;DR: {EN}",
        f"Sure!\n\n{EN}",
        f'"{EN}"',
        f"- {EN}",
        f"{EN} (7 words)",
        f"{EN}\n\nWord count: 7",
        f"{EN}\n\nLet me know if you need anything else!",
        f"{EN}\n\nNote: this summary is based on the article.",
        "The council [passed the budget](https://x.example/y) on *Tuesday*.",
        "The council passed the&nbsp;budget on<br/>Tuesday.",
    ],
)
def test_what_surrounds_an_english_summary_goes(answer: str) -> None:
    assert clean_answer(answer) == EN


@pytest.mark.parametrize(
    "text",
    [
        "摘要显示，《红楼梦》的销量同比增长5 * 3倍，C#语言排名第三。",
        "总结大会今天在北京举行，代表们对过去五年的工作作了回顾。",
        "这份工作总结指出：去年产量增长一成。",
        "当然，改革并不容易，专家提醒要循序渐进。",
        "以下三项措施今起施行，涉及医保、教育和住房。",
        "“双减”政策落地一年，家长称“压力小了”。",
        "“我们赢了。”队长说，“明年再来。”",
        "气温降至-5℃，a < b 且 c > d，A_1 与 B_2 不变。",
        "报告（全文约3万字）今天公布，引起关注。",
        "2024. The year ended at 5 * 3 = 15 points and snake_case_names stayed.",
        "Here is what voters said: taxes are too high.",
        "“We won,” the captain said. “We will be back.”",
        'The "Summary of Work" was read at noon, the city\'s mayor said.',
        "AT&T and R&D costs rose 5% to $3.2 billion (about 2.9 billion euros).",
        "[Analysis] Markets fell on Tuesday as rates rose.",
        "Sure-footed goats crossed the pass on Monday.",
    ],
)
def test_legitimate_text_stays_as_it_is(text: str) -> None:
    assert clean_answer(text) == text


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "以下是摘要：",
        "好的。",
        "Sure!",
        "Here is a summary of the article:",
        "<think>I wonder what the user",
        "Thinking...\nThe user wants a summary of",
        "<|channel|>analysis<|message|>We need to",
        "<|im_end|>",
        "```\n```",
        "“”",
        "抱歉，我无法概括这篇文章。",
        "I'm sorry, but I can't help with that.",
    ],
)
def test_an_answer_of_wrapping_only_is_empty(answer: str) -> None:
    assert clean_answer(answer) == ""


def test_a_list_becomes_one_paragraph() -> None:
    assert (
        clean_answer("1. 产量增长\n2. 价格下降\n3. 出口稳定。") == "产量增长；价格下降；出口稳定。"
    )
    assert clean_answer("- Output rose.\n- Prices fell.") == "Output rose. Prices fell."


@pytest.mark.parametrize(
    "mark",
    [
        "<",
        "[",
        "`",
        "*",
        "_",
        "\n",
        " ",
        "(",
        "（1",
        "<think>",
        "<!--",
        "[a](",
        "#",
        "** ",
        "&a",
        "“",
    ],
)
def test_a_hostile_answer_takes_little_time(mark: str) -> None:
    began = time.process_time()
    clean_answer(mark * (30_000 // len(mark)))
    assert time.process_time() - began < 1.0

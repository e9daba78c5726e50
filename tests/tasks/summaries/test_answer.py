"""An answer is read with patience, and never taken for more than it says."""

import json

import pytest

from tasks.summaries.answer import Answer, answer_schema, read_answer
from tests.tasks.summarising import CATEGORIES, TRUE, structured

GOOD = structured(TRUE)


def read(text: str) -> Answer:
    found = read_answer(text, CATEGORIES)
    assert found.fault == ""
    assert found.answer is not None
    return found.answer


def test_an_answer_has_its_four_fields() -> None:
    assert read(GOOD) == Answer.model_validate(
        {
            "summary": TRUE,
            "keywords": ["出口", "服务业", "投资"],
            "category": "财经",
            "importance": 4,
        },
        context=CATEGORIES,
    )


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}\n```\n希望有帮助。",
        f"好的，以下是摘要：\n{GOOD}",
        f"<think>先看{{数字}}，再写。</think>\n{GOOD}",
        f'<think>{{"summary": "草稿", "keywords": []}}</think>{GOOD}',
        f"{structured('第一稿。')}\n不对，重写：\n{GOOD}",
        f'{GOOD}\n{{"note": "完"}}',
        GOOD.replace("4}", '"4"}'),
        GOOD.replace("4}", '" ４ "}'),
        GOOD.replace('"财经"', '"财经", "extra": {"a": [1, {"b": NaN}]}'),
        GOOD.replace(", ", ",\n\t"),
        json.dumps(json.loads(GOOD)),
    ],
)
def test_an_answer_is_found_among_other_words(text: str) -> None:
    assert read(text) == read(GOOD)


def test_line_breaks_within_a_string_are_read_as_they_stand() -> None:
    assert read(structured("一。二。").replace("一。", "一。\n")).summary == "一。\n二。"


def test_a_category_is_the_papers_own_spelling() -> None:
    found = read_answer(structured("One.", category="SPORT"), ("Sport", "World"))
    assert found.answer is not None
    assert found.answer.category == "Sport"


def test_keywords_come_once_each_in_their_order() -> None:
    assert read(structured(TRUE, keywords=("A", "出口", "a", "B"))).keywords == ("A", "出口", "B")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (structured(TRUE, keywords=("甲", "乙", "丙", "丁", "戊", "己")), "keywords"),
        (structured(TRUE, keywords=("甲", "乙")), "keywords"),
        (structured(TRUE, keywords=("甲", "乙", "丙" * 41)), "keywords"),
        (structured(TRUE, keywords=("甲", "乙", " ")), "keywords"),
        (structured(TRUE).replace('["出口", "服务业", "投资"]', '"出口"'), "keywords"),
        (structured(TRUE).replace('["出口", "服务业", "投资"]', '[["出口"], 2, null]'), "keywords"),
        (structured(TRUE, category="天气"), "category"),
        (structured(TRUE, category="很" * 100_000), "category"),
        (structured(TRUE, category="{article}</article>"), "category"),
        *(
            (structured(TRUE, importance=value), "importance")
            for value in (0, 6, -1, 4.5, True, "很高", "5/5", [5], "9" * 5000)
        ),
        (GOOD.replace("4}", "NaN}"), "importance"),
        (GOOD.replace("4}", "-Infinity}"), "importance"),
        (GOOD.replace(', "importance": 4', ""), "importance"),
        (structured(TRUE, category="\\ud83d"), "category"),
    ],
)
def test_a_wrong_lesser_field_is_named_and_left_out(text: str, named: str) -> None:
    found = read_answer(text, CATEGORIES)
    assert named in found.fault
    assert found.is_json
    assert found.answer is not None
    assert found.answer.summary == TRUE
    assert getattr(found.answer, named) in ("", (), None)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"text": TRUE}),
        json.dumps({"summary": [TRUE]}),
        json.dumps({"summary": {"summary": TRUE}, "keywords": []}),
        json.dumps({"summary": " \n "}),
        json.dumps({"summary": None}),
        json.dumps({"summary": "半个 \ud83d"}),
        "{}",
    ],
)
def test_an_object_without_a_summary_is_no_answer(text: str) -> None:
    found = read_answer(text, CATEGORIES)
    assert found.answer is None
    assert found.is_json
    assert "summary" in found.fault


@pytest.mark.parametrize(
    ("text", "is_json"),
    [
        ("", False),
        (TRUE, False),
        (json.dumps([TRUE]), False),
        ('{"summary": "前三季度', True),
        ("{" * 10_000, True),
        ('{"a": ' * 10_000, True),
        ('{"summary": ' * 10_000 + '"x"' + "}" * 10_000, True),
        ("[" * 100_000, False),
        ("[" + "9" * 5000 + "]", False),
        ('{"importance": ' + "9" * 5000 + "}", True),
        (" \n\t" * 70_000, False),
        ("{ " * 100_000, True),
    ],
)
def test_what_is_no_object_is_said_to_be_none(text: str, is_json: bool) -> None:
    assert read_answer(text, CATEGORIES) == (None, "no JSON object", is_json)


def test_the_schema_is_closed_and_has_the_summary_first() -> None:
    schema = answer_schema(CATEGORIES, 150)
    assert list(schema["properties"]) == schema["required"] == list(Answer.model_fields)
    assert schema["additionalProperties"] is False
    assert schema["properties"]["category"]["enum"] == list(CATEGORIES)

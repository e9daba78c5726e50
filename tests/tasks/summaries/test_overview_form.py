"""What a model answers for an overview is read with patience, and asked for by a schema."""

import json

import pytest

from tasks.summaries.overview_form import MOST, Said, overview_schema, read_overview
from tests.tasks.summaries.overviews import TOLD, answer

KNOWN = (1, 2, 3, 4)
WHOLE = answer(*TOLD.items())


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        f"```json\n{WHOLE}\n```",
        f'Let me think: {{"sentences": [1]}} no.\n{WHOLE}',
        json.dumps(json.loads(WHOLE), indent=2),
        WHOLE.replace("[1]", "1").replace("[2]", '["2"]').replace("[3]", '["[3]"]'),
    ],
)
def test_an_answer_is_found_among_what_stands_about_it(text: str) -> None:
    assert read_overview(text, KNOWN) == tuple(Said(said, (n,)) for n, said in TOLD.items())


def test_of_an_answer_that_was_cut_off_the_whole_sentences_are_read() -> None:
    cut = WHOLE[: WHOLE.index(TOLD[3]) + 4]
    assert [said.numbers for said in read_overview(cut, KNOWN)] == [(1,), (2,)]


@pytest.mark.parametrize(
    ("stories", "numbers"),
    [
        ("[9]", ()),
        ("[0, true, null, 2.5]", ()),
        ("[2, 9, 2, 1]", (2, 1)),
        ("[1, 2, 3, 4]", (1, 2, 3)),
        ('"2"', (2,)),
        ('"2, 4"', (2, 4)),
        ('["2026", "12.3"]', ()),
        ("{}", ()),
    ],
)
def test_only_numbers_of_stories_are_read_and_three_at_most(
    stories: str, numbers: tuple[int, ...]
) -> None:
    text = f'{{"sentences": [{{"stories": {stories}, "text": "好。"}}]}}'
    assert read_overview(text, KNOWN) == (Said("好。", numbers),)


@pytest.mark.parametrize("text", ["", "今天没有要点。", "[1, 2]", '{"sentences": 3}', "{" * 5000])
def test_what_is_no_answer_has_no_sentences(text: str) -> None:
    assert read_overview(text, KNOWN) == ()


def test_more_sentences_than_an_overview_has_are_not_read() -> None:
    assert len(read_overview(answer(*[(1, "好。")] * 9), KNOWN)) == MOST


def test_the_schema_knows_the_stories_and_how_many_sentences_there_are() -> None:
    sentences = overview_schema((2, 4), "zh", (1, 2))["properties"]["sentences"]
    assert (sentences["minItems"], sentences["maxItems"]) == (1, 2)
    fields = sentences["items"]["properties"]
    assert fields["stories"]["items"]["enum"] == [2, 4]
    assert list(fields) == ["stories", "text"], "the stories are chosen before the words"

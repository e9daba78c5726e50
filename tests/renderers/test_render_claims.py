"""What of a text was checked: where its claims lead, and what is said of the others."""

import pytest

from pressrun.models import Evidence, Finding, FindingKind
from renderers.claims import SENTENCE_CHARS, Span, marked
from tests.renderers.edition_samples import FIGURE, NAME, QUOTATION, doubt, proof

TEXT = "站长沈霁川说“转得很稳”，一共52万立方米。"
NAMED = proof(NAME, "沈霁川", TEXT, "站长沈霁川是本地人，管着52万立方米的洞。")
COUNTED = proof(FIGURE, "52万立方米", TEXT, "站长沈霁川是本地人，管着52万立方米的洞。")
QUOTED = proof(QUOTATION, "“转得很稳”", TEXT, "“转得很稳”，他说。")


def as_it_is(text: str) -> str:
    return text


def joined(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)


def test_each_claim_leads_to_its_sentence_and_sentences_are_numbered_as_they_are_needed() -> None:
    spans, proofs = marked(TEXT, (QUOTED, COUNTED, NAMED), (), as_it_is)
    assert joined(spans) == TEXT
    assert [(span.text, span.kind, span.proof) for span in spans if span.kind] == [
        ("沈霁川", "name", 1),
        ("“转得很稳”", "quotation", 2),
        ("52万立方米", "figure", 1),
    ]
    assert [(one.number, joined(one.spans)) for one in proofs] == [
        (1, NAMED.sentence),
        (2, QUOTED.sentence),
    ]


def test_a_sentence_has_the_words_marked_that_it_supports() -> None:
    _, (first, _) = marked(TEXT, (QUOTED, COUNTED, NAMED), (), as_it_is)
    assert [span.text for span in first.spans if span.kind] == ["沈霁川", "52万立方米"]


def test_what_could_not_be_verified_has_no_proof_but_its_kind() -> None:
    spans, proofs = marked(TEXT, (NAMED,), (doubt(FIGURE, "52万立方米", TEXT),), as_it_is)
    assert spans[-2] == Span("52万立方米", "figure", 0)
    assert len(proofs) == 1


def test_of_claims_within_one_another_the_outer_is_marked() -> None:
    inner = proof(FIGURE, "52万", TEXT, "52万。")
    spans, proofs = marked(TEXT, (inner, COUNTED), (), as_it_is)
    assert [span.text for span in spans if span.kind] == ["52万立方米"]
    assert len(proofs) == 1


@pytest.mark.parametrize(
    ("evidence", "findings"),
    [
        ((NAMED.model_copy(update={"start": 3}),), ()),
        ((NAMED.model_copy(update={"start": 900}),), ()),
        ((), (Finding(kind=FindingKind.TOPIC, text="沈霁川", start=2, reason="x"),)),
        ((), (Finding(kind=FindingKind.NAME, text="", start=2, reason="x"),)),
    ],
)
def test_what_does_not_stand_where_it_says_or_is_no_claim_is_not_marked(
    evidence: tuple[Evidence, ...], findings: tuple[Finding, ...]
) -> None:
    assert marked(TEXT, evidence, findings, as_it_is) == ((Span(TEXT),), ())


def test_a_long_sentence_is_shown_around_what_it_supports() -> None:
    sentence = f"{'前' * 500}52万立方米{'后' * 500}"
    _, (one,) = marked(TEXT, (proof(FIGURE, "52万立方米", TEXT, sentence),), (), as_it_is)
    shown = joined(one.spans)
    assert shown.startswith("…前")
    assert shown.endswith("后…")
    assert "52万立方米" in shown
    assert len(shown) == SENTENCE_CHARS + 2


def test_a_sentence_that_lacks_the_words_is_shown_unmarked() -> None:
    _, (one,) = marked(TEXT, (proof(FIGURE, "52万立方米", TEXT, "五十二万方。"),), (), as_it_is)
    assert one.spans == (Span("五十二万方。"),)


def test_what_is_shown_is_inert_and_written_as_the_frame_writes() -> None:
    text = "a\u202e沈<b>52"
    spans, _ = marked(text, (proof(FIGURE, "52", text, "52"),), (), str.upper)
    assert [span.text for span in spans] == ["A沈<B>", "52"]

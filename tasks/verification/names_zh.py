"""Chinese names of a summary, as far as a dictionary and its tagger know them: warnings.

rjieba (jieba's dictionary in Rust) tags persons, places and organisations; of 100 human references
six held one that their article lacks, and in two of these the tag was wrong.
"""

from collections.abc import Iterator

from pressrun.models import FindingKind
from tasks.summaries.words_zh import tagged
from tasks.verification.claims import Claim
from tasks.verification.folding import fold
from tasks.verification.passages import Passages
from tasks.verification.words import same_names

_PERSON = frozenset({"nr", "nrt", "nrfg"})
_NAME = _PERSON | {"ns", "nt"}
_DOTS = frozenset("·•・‧")
# Tagged as cities.
_NO_PLACES = frozenset(
    {"上市", "入市", "开市", "闭市", "休市", "门市", "救市", "托市", "楼市", "股市"}
)
_DIVISIONS = "省市县区镇乡村州"


def support_chinese_names(
    summary: str, passages: Passages, article_language: str
) -> Iterator[Claim]:
    """Each Chinese name of *summary*, in order.

    With an English article only names whose English form is known.
    """
    for start, name in find_chinese_names(summary):
        if article_language != "zh" and not same_names(name):
            continue
        yield Claim(
            FindingKind.NAME,
            start,
            name,
            _offsets(name, passages),
            "it stands nowhere in the article",
            warning=True,
        )


def _offsets(name: str, passages: Passages) -> tuple[int, ...]:
    forms = [name, *same_names(name)]
    if len(name) > 2 and name[-1] in _DIVISIONS:
        forms.append(name[:-1])
    return next((tuple(found) for form in forms if (found := passages.folded.find(fold(form)))), ())


def find_chinese_names(text: str) -> Iterator[tuple[int, str]]:
    """Start and words of each Chinese name of *text*; the parts of a foreign one together."""
    name, start, persons, at = "", 0, False, 0
    for word, tag in [*tagged(text), ("", "")]:
        joins = tag in _PERSON and persons
        if joins or (name and persons and word in _DOTS):
            name += word
        else:
            if len(found := name.rstrip("·•・‧")) > 1 and found not in _NO_PLACES:
                yield start, found
            name, start, persons = (word if tag in _NAME else ""), at, tag in _PERSON
        at += len(word)

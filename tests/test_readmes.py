"""The README says the same in both languages, and what it says of exit codes is so."""

import re
import signal
from pathlib import Path

import pytest

from pressrun.cli.app import EXIT_CODES
from pressrun.cli.interrupts import Interrupted

ROOT = Path(__file__).parent.parent
ENGLISH, CHINESE = (
    ROOT.joinpath(name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")
)


def sections(text: str) -> list[str]:
    """The document cut before each heading; examples keep their # lines."""
    parts = re.split(
        r"^(?=#+ )", re.sub(r"^```.*?^```", indented, text, flags=re.M | re.S), flags=re.M
    )
    return [part for part in parts if part.strip()]


def indented(fence: re.Match[str]) -> str:
    return "\n".join(f"    {line}" for line in fence[0].splitlines())


def examples(section: str) -> list[str]:
    """Lines of code, each up to a gap: what follows it is a gloss, in the document's language."""
    lines = re.findall(r"^    (.*)$", section, re.MULTILINE)
    return [re.split(r"\s{2,}", line.strip())[0] for line in lines]


def prose(section: str) -> str:
    return re.sub(r"^    .*$", "", section, flags=re.MULTILINE)


def links(section: str) -> list[str]:
    return sorted(re.findall(r"\]\(([^)]*)\)", prose(section)))


def codes(section: str) -> set[str]:
    return {" ".join(code.split()) for code in re.findall(r"`([^`]+)`", prose(section))}


def figures(section: str) -> set[str]:
    """Numbers in digits; Chinese has some more, where English has words."""
    return set(re.findall(r"\d+(?:[.:]\d+)*", prose(section)))


PAIRS = [
    pytest.param(english, chinese, id=english.partition("\n")[0].strip("# "))
    for english, chinese in zip(sections(ENGLISH), sections(CHINESE), strict=False)
]


def test_the_two_have_the_same_headings() -> None:
    levels = [[part.partition(" ")[0] for part in sections(text)] for text in (ENGLISH, CHINESE)]
    assert levels[0] == levels[1]
    assert len(levels[0]) > 5


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_a_section_has_the_same_examples_in_both(english: str, chinese: str) -> None:
    assert examples(chinese) == examples(english)


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_a_section_has_the_same_names_figures_and_links_in_both(english: str, chinese: str) -> None:
    assert codes(chinese) == codes(english)
    assert figures(chinese) >= figures(english)
    assert links(chinese.replace("(README.md)", "(README.zh-CN.md)")) == links(english)


def test_each_leads_to_the_other() -> None:
    assert "](README.zh-CN.md)" in ENGLISH
    assert "](README.md)" in CHINESE


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_the_table_of_exit_codes_is_the_commands(text: str) -> None:
    rows = re.findall(r"^\| (\d+) \|([^|]*)\|([^|]*)\|$", text, re.MULTILINE)
    named = {name: int(code) for code, errors, _ in rows for name in re.findall(r"`(\w+)`", errors)}
    assert named == {kind.__name__: code for kind, code in EXIT_CODES.items()}
    told = {int(code) for code, _, _ in rows}
    assert told == {0, 1, Interrupted(signal.SIGINT).exit_code, *EXIT_CODES.values()}
    (interrupted,) = (meaning for code, _, meaning in rows if code == "130")
    for number in (signal.SIGHUP, signal.SIGTERM):
        assert str(Interrupted(number).exit_code) in interrupted

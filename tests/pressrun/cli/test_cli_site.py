"""`pressrun site` and `pressrun search`: what they say, how they end."""

import json
import os
import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from pressrun.archive import Archive
from tests.pressrun.archive.archive_desk import Desk
from tests.pressrun.cli.cli_terminal import PRESSRUN, Type

desk = Desk()


@pytest.fixture(autouse=True)
def no_flushing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def test_a_story_is_found_with_its_date_title_and_link(archive: Archive, typed: Type) -> None:
    desk.print(archive)
    ended = typed("search", "第1条")
    assert ended.code == 0
    lines = ended.out.splitlines()
    assert lines[:3] == ["2026-11-21 每日要闻", "  第1条", "  一句话。"]
    place, _, anchor = lines[3].strip().partition("#")
    assert Path(place).is_file()
    assert anchor.startswith("s-")


def test_with_the_sites_address_the_link_leads_there(
    archive: Archive, typed: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.print(archive)
    monkeypatch.setenv("PRESSRUN_SITE_URL", "https://news.test/papers")
    found = json.loads(typed("search", "第1条", "--json").out)
    (story,) = found["stories"]
    assert story["link"].startswith("https://news.test/papers/daily/2026-11-21/index.html#s-")
    assert (story["date"], story["paper"], found["more"]) == ("2026-11-21", "daily", False)


def test_what_is_not_there_ends_with_1_and_a_word_on_standard_error(
    archive: Archive, typed: Type
) -> None:
    desk.print(archive)
    ended = typed("search", "黄河", "长江", "--from", "2026-11-01", "--paper", "daily")
    assert (ended.code, ended.out) == (1, "")
    assert "no story of daily from 2026-11-01 has 黄河 and 长江; try fewer" in ended.err
    assert json.loads(typed("search", "黄河", "--json").out)["stories"] == []


def test_more_than_the_limit_is_told(archive: Archive, typed: Type) -> None:
    desk.print(archive)
    ended = typed("search", "条", "--limit", "1")
    assert ended.out.count("2026-11-21 每日要闻") == 1
    assert "the newest 1; for more: --limit" in ended.out
    assert json.loads(typed("search", "条", "--limit", "1", "--json").out)["more"] is True


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("search", " "), 2, "there is no word to look for"),
        (("search", "a", "--from", "yesterday"), 2, "write one such as 2026-03-12"),
        (("search", "a", "--from", "2026-03-05", "--to", "2026-03-01"), 2, "is before --from"),
        (("search", "a", "--paper", "other"), 1, "papers that have: daily"),
        (("search", "a", "--archive", "nowhere"), 1, "there is no archive"),
        (("site", "serve", "--archive", "nowhere"), 1, "there is no archive"),
        (("site", "rebuild", "--archive", "nowhere"), 1, "there is no archive"),
    ],
)
def test_what_cannot_be_done_is_said_with_a_remedy(
    archive: Archive, typed: Type, words: tuple[str, ...], code: int, says: str
) -> None:
    desk.print(archive)
    ended = typed(*words)
    assert ended.code == code
    assert says in " ".join(ended.err.split())


def test_without_a_site_searching_tells_how_to_make_one(archive: Archive, typed: Type) -> None:
    desk.print(archive)
    archive.files.delete("site/index.json")
    ended = typed("search", "条")
    assert ended.code == 1
    assert "make the site anew: pressrun site rebuild" in ended.err
    rebuilt = typed("site", "rebuild")
    assert rebuilt.code == 0
    assert "1 edition, made anew in" in rebuilt.out
    assert typed("search", "条").code == 0


def test_serve_tells_where_and_ends_with_ctrl_c(archive: Archive, folder: Path) -> None:
    desk.print(archive)
    with subprocess.Popen(
        [PRESSRUN, "site", "serve", "--port", "0"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert found, said
        with urllib.request.urlopen(found[0]) as answer:
            assert b"<!DOCTYPE html>" in answer.read()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")

"""Killed between any two writes: no half revision is ever current, and a later run completes."""

import subprocess
import sys
from pathlib import Path

from pressrun.archive import Archive
from pressrun.models import Edition
from tests.pressrun.archive.archive_desk import DAY, Desk


def whole(archive: Archive, edition: Edition) -> bool:
    """Whether every file of a printing is as it was made."""
    return all(archive.editions.rendition(edition, r.name) for r in edition.renditions)


def test_killed_before_any_write_the_edition_stays_whole_and_the_next_run_completes(
    tmp_path: Path, desk: Desk
) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.pressrun.archive.archive_killed", str(tmp_path)],
        check=True,
        timeout=100,
        cwd=Path(__file__).parents[3],
    )
    moments = sorted(tmp_path.glob("[0-9]*"))
    current_after_kill, resumed = [], []
    for folder in moments:
        archive = Archive.open(str(folder))
        current = archive.editions.current("daily", DAY)
        assert current, folder.name
        assert whole(archive, current), folder.name
        current_after_kill.append(current.revision)
        page = (folder / "site/daily/2026-11-21/index.html").read_bytes()
        assert page in (b"one index.html", b"two index.html"), folder.name

        settled = archive.settle("daily", DAY)
        if settled and settled.revision == 1:
            unfinished = archive.editions.unfinished("daily", DAY)
            resumed.append(unfinished is not None)
            number = unfinished[0] if unfinished else archive.editions.begin(desk.plan())
            archive.publish(desk.edition(number, 3), desk.renditions("two", "edition.png"))

        current = archive.editions.current("daily", DAY)
        assert current, folder.name
        assert len(current.stories) == 3, folder.name
        assert whole(archive, current), folder.name
        site = {
            path.relative_to(folder / "site").as_posix(): path.read_bytes()
            for path in (folder / "site").rglob("*")
            if path.is_file() and not path.name.startswith(".")
        }
        assert set(site) == {
            "index.html",
            "index.json",
            "search.html",
            "type.woff2",
            "feed.xml",
            "daily/2026.html",
            "daily/2026.json",
            "daily/2026-11.json",
            "daily/feed.json",
            "daily/feed.xml",
            "daily/2026-11-21/index.html",
            "daily/2026-11-21/edition.pdf",
            "daily/2026-11-21/edition.png",
        }
        assert site["daily/2026-11-21/edition.png"] == b"two edition.png"
        assert "第3条" in site["index.html"].decode()
        assert "第3条" in site["feed.xml"].decode()

    assert len(moments) > 50
    assert current_after_kill == sorted(current_after_kill)
    assert set(current_after_kill) == {1, 2}
    assert set(resumed) == {False, True}
    done = Archive.open(str(tmp_path / "done"))
    assert done.editions.current("daily", DAY) is not None


def test_a_first_printing_that_is_whole_and_not_yet_pointed_at_is_taken_up(
    archive: Archive, desk: Desk
) -> None:
    published, _ = desk.print(archive)
    archive.files.delete("editions/daily/2026-11-21/current.json")
    assert archive.editions.current("daily", DAY) is None
    assert archive.editions.dates("daily") == ()
    assert archive.settle("daily", DAY) == published
    assert archive.editions.current("daily", DAY) == published

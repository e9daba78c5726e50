"""The command with the real model: an edition that is printed, and one that is interrupted."""

import asyncio
import io
import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import html5lib
import pypdf
import pytest
from PIL import Image

from pressrun.archive import Archive
from pressrun.models import Edition, Way
from pressrun.newsroom import DEMO_DATE, Newsroom, articles

pytestmark = [
    pytest.mark.model,
    pytest.mark.server,
    pytest.mark.xdist_group("embedded"),
    pytest.mark.timeout(400),
]

STORIES = 4
RARE = "𠮷"
"""In no font of ours; the masthead of the demo's edition has it."""

TITLE = f"{RARE}林日报"
MOST = {"zh": 150, "en": 300}
HTML = "{http://www.w3.org/1999/xhtml}"

# As a terminal has it: pytest may run where Ctrl-C is ignored, which a child inherits.
PRESSRUN = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from pressrun.cli import main
main()
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A user's, with Prefect's temporary server in a home that the tests here share."""
    state = tmp_path_factory.mktemp("state")
    ours = ("PREFECT_", "PRESSRUN_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "XDG_STATE_HOME": str(state),
        "PREFECT_HOME": str(state / "prefect"),
        "PRESSRUN_PREFECT": "temporary",
        "PRESSRUN_PAPERS__DAILY__TITLE": TITLE,
    }


class Demo(NamedTuple):
    """What `pressrun demo` left behind."""

    folder: Path
    said: dict[str, Any]
    err: str
    archive: Archive
    edition: Edition

    def file(self, name: str) -> bytes:
        data = self.archive.editions.rendition(self.edition, name)
        assert data is not None
        return data

    @property
    def pictures(self) -> list[bytes]:
        names = [record.name for record in self.edition.renditions if record.format == "png"]
        return [self.file(name) for name in names]


def run_demo(
    folder: Path, environment: dict[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("pressrun")), "demo", "--limit", str(STORIES)]
    ended = subprocess.run(
        [*command, *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


@pytest.fixture(scope="module")
def demo(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """An edition of the newsroom, printed by the command as a user types it."""
    folder = tmp_path_factory.mktemp("demo")
    ended = run_demo(folder, environment, "--json")
    archive = Archive.open(str(folder / "demo"))
    edition = archive.editions.current("daily", DEMO_DATE)
    assert edition is not None
    return Demo(folder, json.loads(ended.stdout), ended.stderr, archive, edition)


def squeeze(text: str) -> str:
    return "".join(text.split())


def shown(text: str) -> str:
    """*text* as pages have it, whose fonts lack the rare character."""
    return squeeze(text.replace(RARE, "〓"))


def is_verbatim(summary: str, article: str) -> bool:
    """Whether *summary* is one whole sentence of *article*, or two, or one up to a comma."""

    def stands(part: str) -> bool:
        part, cut = part.strip().removesuffix("…"), part.endswith("…")
        at = article.find(part)
        if at < 0 or not part:
            return False
        before, after = article[:at].rstrip(" "), article[at + len(part) :]
        begins = not before or before[-1] in '\n。！？…”.!?"'
        ends = part[-1] in '。！？”.!?"' or (cut and after[:1] in "，；：,;:—")
        return begins and ends

    return stands(summary) or any(
        stands(summary[:at]) and stands(summary[at:]) for at in range(1, len(summary))
    )


def check_stories(edition: Edition) -> None:
    """Every story is the newsroom's, in its own sentences and within its length."""
    by_title = {article.title: article for article in articles(edition.edition_date)}
    for story in edition.stories:
        article = by_title[story.title]
        text = unicodedata.normalize("NFC", article.text)
        summary = story.summary
        assert len(summary.text) <= MOST[article.language]
        assert is_verbatim(summary.text, text), summary.text
        assert (story.language, story.medium) == (article.language, article.medium)
        assert story.published == article.published
        assert (summary.way, summary.engine) == (Way.SELECTED, "embedded")
        assert summary.model == edition.model.model
        assert summary.output_tokens > 0


def test_the_object_on_standard_output_is_the_manifest_in_short(demo: Demo) -> None:
    assert (demo.said["state"], demo.said["stories"], demo.said["listed"]) == (
        "printed",
        STORIES,
        STORIES,
    )
    assert demo.said["failures"] == []
    assert set(demo.said["files"]) == {record.name for record in demo.edition.renditions}
    assert "Traceback" not in demo.err


def test_the_manifest_has_the_newsrooms_stories_in_rank_order(demo: Demo) -> None:
    listed = articles(DEMO_DATE)[:STORIES]
    assert [story.title for story in demo.edition.stories] == [line.title for line in listed]
    assert [story.rank for story in demo.edition.stories] == list(range(1, STORIES + 1))
    assert demo.edition.is_complete
    assert demo.edition.as_of is None
    assert demo.archive.store.get_list(demo.edition.listing.sha256)
    for story in demo.edition.stories:
        assert demo.archive.store.get_page(story.page_sha256)


def test_every_summary_is_the_articles_own_sentences_within_its_length(demo: Demo) -> None:
    check_stories(demo.edition)


def test_the_overview_is_of_the_summaries_first_sentences_without_asking(demo: Demo) -> None:
    overview = demo.edition.overview
    assert overview is not None
    assert (overview.way, overview.calls) == (Way.SELECTED, 0)
    assert len(overview.points) >= 3
    summaries = {story.url: story.summary.text for story in demo.edition.stories}
    for point in overview.points:
        [url] = point.urls
        assert summaries[url].startswith(point.text.removesuffix("…"))


def test_the_model_is_named_with_its_weights_and_its_licence(demo: Demo) -> None:
    model = demo.edition.model
    assert (model.engine, model.way) == ("embedded", Way.SELECTED)
    assert re.fullmatch(r"[0-9a-f]{64}", model.digest)
    assert "Gemma Terms of Use" in model.note
    assert all(story.summary.model_digest == model.digest for story in demo.edition.stories)


def test_the_page_has_every_story_and_runs_no_script(demo: Demo) -> None:
    page = html5lib.HTMLParser(strict=False).parse(demo.file("index.html"))
    text = squeeze("".join(page.itertext()))
    links = {link.get("href") for link in page.iter(f"{HTML}a")}
    for story in demo.edition.stories:
        assert squeeze(story.title) in text
        assert squeeze(story.summary.text) in text
        assert story.url in links
    assert demo.edition.model.model in text
    assert "摘自原文" in text
    assert not list(page.iter(f"{HTML}script"))
    pictures = [image.get("src", "") for image in page.iter(f"{HTML}img")]
    assert all(source.startswith("data:image/jpeg;base64,") for source in pictures)


def test_the_pdf_has_every_story_and_numbers_every_page(demo: Demo) -> None:
    reader = pypdf.PdfReader(io.BytesIO(demo.file("edition.pdf")))
    pages = [squeeze(page.extract_text()) for page in reader.pages]
    [record] = [record for record in demo.edition.renditions if record.format == "pdf"]
    assert record.parts == len(pages) >= 1
    for number, text in enumerate(pages, 1):
        assert f"{number}/{len(pages)}" in text
    whole = "".join(pages)
    for story in demo.edition.stories:
        assert shown(story.title) in whole
        assert shown(story.summary.text) in re.sub(rf"\d/{len(pages)}", "", whole)
    assert shown(TITLE) in whole
    assert RARE not in whole


def test_every_picture_is_as_wide_as_a_phone_wants_and_has_ink(demo: Demo) -> None:
    assert demo.pictures
    for data in demo.pictures:
        with Image.open(io.BytesIO(data)) as picture:
            grey = picture.convert("L")
        assert grey.width == 1080
        assert 300 < grey.height <= 8000
        assert grey.histogram()[:100] != [0] * 100, "dark letters"
        thirds = [grey.crop((0, y, 1080, y + 200)) for y in range(0, grey.height - 200, 400)]
        assert all(any(part.histogram()[:128]) for part in thirds), "no empty stretch"


def test_a_character_that_no_font_has_is_named(demo: Demo) -> None:
    assert demo.edition.missing_glyphs == (RARE,)
    assert demo.said["missing_glyphs"] == [RARE]


def test_the_stories_stand_in_the_sections_that_their_addresses_tell(demo: Demo) -> None:
    stories = {one.title: one.category for one in articles(DEMO_DATE)}
    assert all(story.category == stories[story.title] for story in demo.edition.stories)
    assert demo.edition.sections[:3] == ("china", "world", "society")


def test_the_site_shows_the_edition(demo: Demo) -> None:
    assert demo.archive.site.shown("daily", DEMO_DATE) == demo.edition.revision


def test_the_demo_ends_by_saying_where_page_and_archive_are(
    demo: Demo, environment: dict[str, str]
) -> None:
    said = run_demo(demo.folder, environment).stdout
    page = re.search(r"the page +(\S+\.html)$", said, re.MULTILINE)
    assert page is not None
    assert (demo.folder / page[1]).is_file()
    assert said.endswith("pressrun site serve --archive demo\n")


def descendants(pid: int) -> set[int]:
    """Process ids of every process below *pid* (Linux)."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                facts = (folder / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended meanwhile
                continue
            parents[int(folder.name)] = int(facts[1])
    found: set[int] = set()
    generation = {pid}
    while generation:
        generation = {one for one, parent in parents.items() if parent in generation}
        found |= generation
    return found


class Watched:
    """Processes under watch, so that their end is seen even when their ids are given anew."""

    def __init__(self, pids: set[int]) -> None:
        self._handles = {os.pidfd_open(pid): pid for pid in pids}

    def alive_after(self, seconds: float) -> list[str]:
        """Command lines of those that have not ended within *seconds*."""
        deadline = time.monotonic() + seconds
        left = dict(self._handles)
        while left and (wait_s := deadline - time.monotonic()) > 0:
            for handle in select.select(list(left), [], [], wait_s)[0]:
                del left[handle]
        return [Path(f"/proc/{pid}/cmdline").read_text() for pid in left.values()]

    def close(self) -> None:
        for handle in self._handles:
            os.close(handle)


class Run:
    """`pressrun digest` of three stories, in a session of its own."""

    def __init__(self, folder: Path, environment: dict[str, str], *words: str) -> None:
        self.folder, self.environment, self.words = folder, environment, words
        self.lines: list[str] = []

    async def start(self) -> None:
        given = ["--date", str(DEMO_DATE), "--engine", "embedded", "--formats", "html"]
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PRESSRUN, "digest", *given, *self.words),
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    async def until(self, beginning: str) -> None:
        """Read what it says until a line begins so."""
        assert self.process.stderr is not None
        while line := (await self.process.stderr.readline()).decode():
            self.lines.append(line.rstrip())
            if line.startswith(beginning):
                return
        pytest.fail(f"no line {beginning!r} in {self.lines}")

    async def end(self) -> tuple[int | None, str, str]:
        out, err = await self.process.communicate()
        return self.process.returncode, out.decode(), "\n".join([*self.lines, err.decode()])


@pytest.fixture
def ended_runs() -> Iterator[list[Run]]:
    """Runs that end with the test, also when it fails."""
    runs: list[Run] = []
    yield runs
    for run in runs:
        if run.process.returncode is None:
            os.killpg(run.process.pid, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="looks for children in /proc")
async def test_ctrl_c_ends_a_run_and_its_children_and_the_next_run_goes_on(
    environment: dict[str, str], newsroom: Newsroom, tmp_path: Path, ended_runs: list[Run]
) -> None:
    folder = tmp_path
    ours = environment | {
        "PRESSRUN_SOURCES__SINA__LIST_URL": newsroom.list_url,
        "PRESSRUN_FETCH__PRIVATE_HOSTS": "true",
        "PRESSRUN_FETCH__HOST_DELAY_S": "0",
        # Two Chinese articles and an English one: the other length, too.
        "PRESSRUN_PAPERS__DAILY__CATEGORY": "technology",
    }
    archive = Archive.open(str(folder / "archive"))

    first = Run(folder, ours)
    ended_runs.append(first)
    await first.start()
    await first.until("summarised 1 of 3")
    pids = descendants(first.process.pid)
    assert len(pids) >= 2, "Prefect's server and the model's"
    children = Watched(pids)
    began = time.monotonic()
    os.killpg(first.process.pid, signal.SIGINT)
    code, out, err = await first.end()
    assert time.monotonic() - began < 10
    assert (code, out) == (130, "")
    # On a busy machine the run may have to be ended in the middle of its wind-down, without a word.
    words = err.rpartition("summarised ")[2].split("\n", 1)[1].strip()
    assert re.fullmatch(r"(interrupted.*; the next run goes on with what was recorded)?", words)
    assert "Traceback" not in err
    assert "Error" not in err
    assert children.alive_after(5) == [], "the last to go see that their parent has gone"
    children.close()
    assert archive.editions.current("daily", DEMO_DATE) is None
    assert archive.editions.unfinished("daily", DEMO_DATE) is not None
    fetched = newsroom.requests.copy()
    kept = {path.name: path.stat().st_mtime_ns for path in (folder / "archive/store").rglob("*.*")}
    summaries = set((folder / "archive/store/summaries").rglob("*.json"))
    assert summaries

    second = Run(folder, ours, "--json")
    ended_runs.append(second)
    await second.start()
    code, out, err = await second.end()
    assert (code, err.strip()) == (0, "")
    assert (json.loads(out)["state"], json.loads(out)["revision"]) == ("printed", 1)
    assert newsroom.requests == fetched, "neither the list nor a page is fetched again"
    for path in (folder / "archive/store").rglob("*.*"):
        assert path.stat().st_mtime_ns == kept.get(path.name, path.stat().st_mtime_ns)
    edition = archive.editions.current("daily", DEMO_DATE)
    assert edition is not None
    assert len(edition.stories) == 3
    assert {story.language for story in edition.stories} == {"zh", "en"}
    check_stories(edition)

    third = Run(folder, ours, "--json")
    ended_runs.append(third)
    await third.start()
    code, out, err = await third.end()
    assert (code, err) == (0, "")
    assert json.loads(out)["state"] == "already printed"
    assert newsroom.requests == fetched
    assert archive.editions.revisions("daily", DEMO_DATE) == (1,)

"""`pressrun digest` as a process, on the Prefect server that the profile names."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest

from pressrun.archive import Archive
from pressrun.cli.prefect import PrefectUnavailable, Server, prefect_server
from tests.fakes import FakeOllama, NewsSite
from tests.pressrun.cli.cli_terminal import digest

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]


async def test_an_edition_is_one_object_and_the_second_time_nothing_is_asked_for(
    environment: dict[str, str], ollama: FakeOllama, tmp_path: Path
) -> None:
    async with NewsSite(3) as site:
        first = await digest(environment, site, ollama, tmp_path, "--json")
        assert (first.code, first.err) == (0, "")
        assert (first.object["state"], first.object["stories"]) == ("printed", 3)
        assert (first.object["engine"], first.object["model"]) == ("ollama", ollama.model)
        fetched, asked = site.requests.copy(), len(ollama.asked)
        second = await digest(environment, site, ollama, tmp_path, "--json")
        assert second.object["state"] == "already printed"
        assert second.object["files"] == first.object["files"]
        assert (site.requests, len(ollama.asked)) == (fetched, asked)
    assert not (tmp_path / "state").exists(), "no server of Pressrun's own was started"


async def test_a_partial_edition_is_printed_with_what_failed_and_ends_with_0(
    environment: dict[str, str], ollama: FakeOllama, tmp_path: Path
) -> None:
    async with NewsSite(4) as site:
        site.answers = {2: [404]}
        ended = await digest(environment, site, ollama, tmp_path)
    assert ended.code == 0
    assert ended.out.startswith("partial 每日要闻 2026-03-12: 3 of 4 stories, revision 1")
    assert "missing 2 第2号测试新闻：桥梁如期通车 (fetch)" in ended.out
    assert "HTTP 404" in ended.out
    lines = ended.err.splitlines()
    assert lines[0] == "每日要闻 2026-03-12"
    assert "listed 4 headlines" in lines
    assert "summarised 3 of 4" in lines
    assert "Traceback" not in ended.err


async def test_under_the_threshold_it_ends_with_3_and_publishes_nothing(
    environment: dict[str, str], ollama: FakeOllama, tmp_path: Path
) -> None:
    async with NewsSite(3) as site:
        site.answers = {1: [404], 2: [410]}
        ended = await digest(environment, site, ollama, tmp_path, "--json")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith("CoverageError: daily 2026-03-12: 1 of 3 articles became stories")
    editions = Archive.open(str(tmp_path / "archive")).editions
    assert editions.dates("daily") == ()


async def test_without_a_list_it_ends_with_4_and_without_the_model_with_5(
    environment: dict[str, str], ollama: FakeOllama, tmp_path: Path
) -> None:
    async with NewsSite(0) as site:
        ended = await digest(environment, site, ollama, tmp_path, "--json")
        assert (ended.code, ended.out) == (4, "")
        assert ended.err.startswith("SourceError: ")
        ended = await digest(environment, site, ollama, tmp_path, "--json", "--model", "other:7b")
        assert (ended.code, ended.out) == (5, "")
        assert "pressrun models pull other:7b" in ended.err
        assert "Traceback" not in ended.err


@contextmanager
def profile(url: str) -> Iterator[None]:
    """A user's profile that names the server at *url*."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with temporary_settings({PREFECT_API_URL: url}):
        yield


@pytest.mark.parametrize("which", ["auto", "active"])
async def test_the_profiles_server_is_used_when_it_answers(
    prefect_api: str, which: Literal["auto", "active"]
) -> None:
    with profile(prefect_api):
        async with prefect_server(which) as server:
            assert server == Server(prefect_api, {})


async def test_a_profiles_server_that_does_not_answer_is_named_when_it_was_asked_for() -> None:
    async with NewsSite() as site:
        gone = f"{site.url}/api"
    with (
        profile(gone),
        pytest.raises(PrefectUnavailable, match="leave out --prefect act") as caught,
    ):
        async with prefect_server("active"):
            pass
    assert gone in str(caught.value)

"""The site over HTTP, on loopback."""

from collections.abc import Mapping

import aiohttp
import pytest

from pressrun.archive import Archive
from pressrun.archive.serving import SiteServer, key_of
from tests.pressrun.archive.archive_desk import Desk


async def ask(url: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, await answer.read(), answer.headers


async def test_readers_get_what_lies_in_the_site_with_its_type(
    archive: Archive, desk: Desk
) -> None:
    desk.print(archive)
    async with SiteServer(archive.files) as server:
        for path, key, kind in (
            ("", "index.html", "text/html; charset=utf-8"),
            ("daily/2026-11-21/", "daily/2026-11-21/index.html", "text/html; charset=utf-8"),
            ("daily/2026-11-21", "daily/2026-11-21/index.html", "text/html; charset=utf-8"),
            ("daily/2026-11-21/edition.pdf", "daily/2026-11-21/edition.pdf", "application/pdf"),
            ("daily/feed.xml", "daily/feed.xml", "application/atom+xml; charset=utf-8"),
            ("index.json", "index.json", "application/json"),
        ):
            status, body, headers = await ask(server.url + path)
            assert (status, headers["Content-Type"]) == (200, kind)
            assert body == archive.files.read(f"site/{key}")


@pytest.mark.parametrize(
    "path",
    [
        "%2e%2e/archive.json",
        "..%2farchive.json",
        "daily/%2e%2e/%2e%2e/editions/daily/2026-11-21/current.json",
        ".lock",
        "daily/.hidden",
        "daily/",
        "daily",
        "absent.html",
        "daily//feed.xml",
        "a%00b",
        "a" * 300 + ".html",
        "index.html/a.txt",
        "daily/feed.xml/",
    ],
)
async def test_nothing_hidden_nothing_outside_and_no_list_of_files_is_served(
    local: Archive, desk: Desk, path: str
) -> None:
    desk.print(local)
    for key in ("site/.lock", "site/daily/.hidden"):
        local.files.write(key, b"x")
    async with SiteServer(local.files) as server:
        status, body, _ = await ask(server.url + path)
        assert (status, body) == (404, b"nothing is here\n")


async def test_a_name_of_somebody_elses_that_leads_here_is_not_answered(
    local: Archive, desk: Desk
) -> None:
    desk.print(local)
    async with SiteServer(local.files) as server:
        port = server.url.rpartition(":")[2].rstrip("/")
        for host, wanted in (("evil.test", 421), ("localhost", 200), ("127.0.0.1", 200)):
            status, body, _ = await ask(server.url, Host=f"{host}:{port}")
            assert status == wanted
            assert (b"<html" in body) is (wanted == 200)


async def test_what_a_browser_has_already_is_not_sent_again(local: Archive, desk: Desk) -> None:
    desk.print(local)
    async with SiteServer(local.files) as server:
        _, _, headers = await ask(server.url)
        status, body, _ = await ask(server.url, **{"If-None-Match": headers["ETag"]})
        assert (status, body) == (304, b"")


async def test_it_listens_on_loopback_only_and_a_taken_port_is_an_error(local: Archive) -> None:
    async with SiteServer(local.files) as server:
        assert server.url.startswith("http://127.0.0.1:")
        port = int(server.url.rpartition(":")[2].rstrip("/"))
        with pytest.raises(OSError, match="address already in use"):
            async with SiteServer(local.files, port):
                pass


def test_a_part_that_begins_with_a_dot_names_no_key() -> None:
    assert key_of("daily/feed.xml") == "site/daily/feed.xml"
    assert key_of("") == "site/index.html"
    assert key_of("a/.b") is key_of("../a") is key_of("a/../b") is None

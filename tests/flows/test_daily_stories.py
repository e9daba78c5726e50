"""What becomes of stories in a run: told once, carried on, left out by interest, with pictures."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from PIL import Image

from pressrun.archive import Archive
from pressrun.archive.check import check
from pressrun.archive.retractions import Retraction, Retractions
from pressrun.cli.prefect import Server, using
from pressrun.models import DROPPED, Edition
from settings import Settings, load_settings
from tasks.desk import press_for
from tasks.order import place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama, NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

DAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)
FLOOD = (
    "沱川河防汛指挥部发布凌汛橙色预警，平罗、石堰、安陂、河口四县启动应急响应，滩区6218名群众已经转移。"
    "龙门峡水库把下泄流量减到每秒260立方米，三支爆破队在平罗湾待命，无人机每两小时巡查一次河道。"
)
ARTICLES = (
    ("沱川河发布凌汛橙色预警", FLOOD),
    ("雁回毛尖鲜叶跌价两成", "雁回县公布首期价格监测，毛尖单芽鲜叶每斤67.4元，同比下跌20.6%。" * 3),
    (
        "四县应对凌汛 六千人转移",
        f"本报讯：{FLOOD}各校腾出礼堂安置老人和孩子。",
    ),
    (
        "股市收盘：指数上涨",
        "今天股市高开高走，成交额达到8642亿元，三千多只股票上涨。" * 3,
    ),
)


class StorySite(NewsSite):
    """Articles that differ, each with a picture."""

    def routes(self) -> list[web.RouteDef]:
        return [*super().routes(), web.get("/img/{name}", self._image)]

    async def _list(self, request: web.Request) -> web.Response:
        rows = [
            {
                "id": str(number),
                "title": title,
                "media": f"第{number}报",
                "url": f"{self.url}/news/{number}.html",
                "create_date": "2026-03-12",
                "create_time": f"08:{number:02d}:00",
                "top_num": str(number),
                "ext3": f"{self.url}/img/{number}.png",
            }
            for number, (title, _) in enumerate(ARTICLES, start=1)
        ]
        name = request.query.get("js_var", "data")
        return web.Response(text=f"var {name} = {json.dumps({'conf': {}, 'data': rows})};")

    async def _page(self, request: web.Request) -> web.Response:
        self.requests[request.path] += 1
        title, text = ARTICLES[int(request.match_info["number"]) - 1]
        html = f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p>"
        return web.Response(text=html, content_type="text/html", charset="utf-8")

    async def _image(self, request: web.Request) -> web.Response:
        self.requests[request.path] += 1
        if request.path == "/img/2.png":
            raise web.HTTPNotFound
        stream = io.BytesIO()
        Image.new("RGB", (640, 360), "steelblue").save(stream, "PNG")
        return web.Response(body=stream.getvalue(), content_type="image/png")


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


def settings_for(site: NewsSite, ollama: FakeOllama, archive: Path, **paper: object) -> Settings:
    return load_settings(
        {
            "archive": str(archive),
            "engine": "ollama",
            "engines": {"ollama": {"host": ollama.url, "model": ollama.model}},
            "sources": {"sina": {"list_url": site.list_url}},
            "fetch": {"private_hosts": True, "host_delay_s": 0, "retry_delay_s": 0, "attempts": 2},
            "summarise": {"retry_delay_s": 0},
            "papers": {"daily": {"formats": ("markdown",), **paper}},
        }
    )


async def run(settings: Settings, day: date = DAY, **parameters: Any) -> Any:
    from flows.daily import daily_digest

    order = place_order(settings, "daily", day, NOW)
    async with press_for(order, settings) as press:
        with lend_press(press):
            given = {"edition_date": day, "paper": "daily", **parameters}
            return await daily_digest(**given, return_state=True)


def edition_of(archive: Path, day: date = DAY) -> Edition:
    current = Archive.open(str(archive)).editions.current("daily", day)
    assert current is not None
    return current


async def test_one_story_is_printed_once_and_says_who_else_tells_it(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with StorySite() as site:
        state = await run(settings_for(site, ollama, archive_dir))
    edition = edition_of(archive_dir)
    assert [story.rank for story in edition.stories] == [1, 2, 4]
    assert [(one.rank, one.medium, one.same_text) for one in edition.stories[0].also] == [
        (3, "第3报", False)
    ]
    assert state.name == "Completed"
    assert state.message.startswith("4 of 4 stories")
    assert (edition.is_complete, edition.coverage) == (True, 1)


async def test_pictures_are_printed_kept_and_asked_for_once(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with StorySite() as site:
        await run(settings_for(site, ollama, archive_dir, formats=("html",)))
        edition = edition_of(archive_dir)
        assert [story.thumbnail is not None for story in edition.stories] == [True, False, True]
        assert "thumbnail" in edition.model_dump_json()
        archive = Archive.open(str(archive_dir))
        page = archive.editions.rendition(edition, "index.html") or b""
        assert page.count(b"data:image/jpeg;base64,") >= 2
        assert list(check(archive, NOW)) == []
        await run(settings_for(site, ollama, archive_dir, coverage=0.5, title="另一份"))
        assert edition_of(archive_dir).revision == 2
        assert [site.requests[f"/img/{number}.png"] for number in (1, 2, 4)] == [1, 1, 1]


async def test_what_the_readers_do_not_want_is_neither_fetched_nor_missed(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    interests = {"dropped": ("股市",), "raised": ("medium:第2报",), "readers": "他们种茶。"}
    async with StorySite() as site:
        settings = settings_for(site, ollama, archive_dir, interests=interests)
        state = await run(settings)
        assert site.requests["/news/4.html"] == 0
    edition = edition_of(archive_dir)
    [failure] = edition.failures
    assert (failure.rank, failure.kind, failure.reason) == (4, DROPPED, "股市")
    assert [story.interest for story in edition.stories] == [0, 1]
    assert (state.name, edition.is_complete, edition.coverage) == ("Completed", True, 1)
    assert state.message.startswith("3 of 3 stories")
    assert any("他们种茶。" in ask["messages"][0]["content"] for ask in ollama.asked)


async def test_a_story_of_the_day_before_is_carried_on(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    async with StorySite() as site:
        settings = settings_for(site, ollama, archive_dir)
        await run(settings, DAY - timedelta(days=1))
        await run(settings)
    first, *_ = edition_of(archive_dir).stories
    assert first.day == 2
    assert [one.edition_date for one in first.earlier] == [DAY - timedelta(days=1)]
    assert all(story.day == 1 for story in edition_of(archive_dir, DAY - timedelta(days=1)).stories)


async def test_a_story_taken_back_is_named_no_more_by_later_editions_drawn_again(
    ollama: FakeOllama, archive_dir: Path
) -> None:
    before = DAY - timedelta(days=1)
    async with StorySite() as site:
        settings = settings_for(site, ollama, archive_dir)
        await run(settings, before)
        await run(settings)
    first, *others = edition_of(archive_dir).stories
    retraction = Retraction(url=first.earlier[0].url, title="", by="ed@desk", at=NOW)
    Retractions(Archive.open(str(archive_dir)).files).add("daily", before, retraction)
    await run(settings, refresh="renditions")
    edition = edition_of(archive_dir)
    assert edition.revision == 2
    assert edition.stories[0] == first.model_copy(update={"earlier": (), "day": 1})
    assert edition.stories[1:] == tuple(others)
    assert any(story.earlier for story in others), "what was not taken back is"

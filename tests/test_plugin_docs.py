"""The plug-in of docs/plugins.md, installed from that page, prints an edition."""

import asyncio
import json
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web

from pressrun.archive import Archive
from pressrun.models import Edition, Way
from tests.fakes import NewsSite

pytestmark = [pytest.mark.server, pytest.mark.xdist_group("prefect")]

PAGE = (Path(__file__).parents[1] / "docs/plugins.md").read_text("utf-8")
FILES = dict(re.findall(r"^`([\w./-]+)`\n\n```\w+\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
DAY = date(2026, 3, 12)
COMMAND = [str(Path(sys.executable).with_name("pressrun")), "digest", "--date", str(DAY)]


class Town(NewsSite):
    """A news site with a feed, whose town also has a llama-server."""

    model = "writer-4b.gguf"
    summary = "测试市一座大桥十二日如期通车，两岸居民过江时间由五十分钟缩短到八分钟。"

    def routes(self) -> list[web.RouteDef]:
        return [
            *super().routes(),
            web.get("/feed.xml", self._feed),
            web.get("/v1/models", self._models),
            web.post("/v1/chat/completions", self._chat),
        ]

    async def _feed(self, _: web.Request) -> web.Response:
        dates = {
            # In Shanghai the first is of the day before, the others of the day.
            1: "Wed, 11 Mar 2026 15:59:00 +0000",
            2: "Wed, 11 Mar 2026 16:00:00 +0000",
            3: "Thu, 12 Mar 2026 23:59:00 +0800",
            4: "some day",
        }
        items = "".join(
            f"<item><title>第{number}号测试新闻：桥梁如期通车</title>"
            f"<link>{self.url}/news/{number}.html</link><pubDate>{day}</pubDate></item>"
            for number, day in dates.items()
        )
        return web.Response(
            text=f"<rss version='2.0'><channel>{items}</channel></rss>",
            content_type="application/rss+xml",
        )

    async def _models(self, _: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": self.model}]})

    async def _chat(self, request: web.Request) -> web.Response:
        asked = await request.json()
        assert asked["model"] == self.model
        assert "大桥" in asked["messages"][-1]["content"]
        self.requests["/v1/chat/completions"] += 1
        message = {"role": "assistant", "content": self.summary}
        return web.json_response(
            {
                "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
                "usage": {"prompt_tokens": 321, "completion_tokens": 45},
            }
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages in which the plug-in is, built from the files of the page."""
    folder = tmp_path_factory.mktemp("my-paper")
    (folder / "my_paper").mkdir()
    (folder / "my_paper/__init__.py").touch()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    target = tmp_path_factory.mktemp("packages")
    # As `pip install ./my-paper`, but offline, and beside the environment of the tests.
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--no-cache"]
    install = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, *offline]
    ended = subprocess.run(
        [*install, "--target", str(target), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return target


def environment(packages: Path, api: str, home: Path, town: Town) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return kept | {
        "PYTHONPATH": str(packages),
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str(home / "prefect"),
        "XDG_STATE_HOME": str(home / "state"),
        "PRESSRUN_FETCH__PRIVATE_HOSTS": "true",
        "PRESSRUN_FETCH__HOST_DELAY_S": "0",
        # In place of the addresses of the page.
        "PRESSRUN_SOURCES__FEED__URL": f"{town.url}/feed.xml",
        "PRESSRUN_ENGINES__LLAMA_SERVER__URL": town.url,
    }


async def digest(folder: Path, env: dict[str, str]) -> tuple[int | None, str, str]:
    """How `pressrun digest --json` ended with the settings of the page: code, output, errors."""
    (folder / "pressrun.toml").write_text(FILES["pressrun.toml"], "utf-8")
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "--json",
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


def edition_in(folder: Path) -> tuple[Archive, Edition]:
    archive = Archive.open(str(folder / "archive"))
    edition = archive.editions.current("daily", DAY)
    assert edition is not None
    return archive, edition


def test_the_page_has_the_files_of_a_package() -> None:
    modules = {"my_paper/feed.py", "my_paper/llama.py", "my_paper/text.py"}
    assert set(FILES) == modules | {"pyproject.toml", "pressrun.toml"}


async def test_the_plug_in_of_the_page_prints_from_its_source_to_its_renderer(
    installed: Path, prefect_api: str, tmp_path: Path
) -> None:
    async with Town() as town:
        code, out, err = await digest(tmp_path, environment(installed, prefect_api, tmp_path, town))
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert (said["state"], said["stories"]) == ("printed", 2)
    assert set(said["files"]) == {"index.html", "edition.txt"}
    archive, edition = edition_in(tmp_path)
    assert (edition.listing.source, edition.listing.ranking) == ("feed", "feed")
    assert edition.listing.skipped == ("no date: 第4号测试新闻：桥梁如期通车",)
    assert (edition.model.engine, edition.model.model) == ("llama-server", Town.model)
    for number, story in zip((2, 3), edition.stories, strict=True):
        assert story.url == f"{town.url}/news/{number}.html"
        assert (story.summary.text, story.summary.way) == (Town.summary, Way.WRITTEN)
        spent = (story.summary.prompt_tokens, story.summary.output_tokens)
        assert spent == (642, 90), "for the form, and for it once more"
    assert town.requests["/v1/chat/completions"] == 4
    text = (archive.editions.rendition(edition, "edition.txt") or b"").decode()
    lines = text.splitlines()
    assert lines[0] == f"每日要闻 {DAY}"
    assert "1. 第2号测试新闻：桥梁如期通车" in lines
    assert Town.summary in "".join(lines)
    assert max(len(line) for line in lines if "http" not in line) <= 40, "[renderers.txt] width"


async def test_an_engine_of_a_plug_in_that_does_not_answer_ends_the_run_in_its_own_words(
    installed: Path, prefect_api: str, tmp_path: Path
) -> None:
    async with Town() as town:
        closed = environment(installed, prefect_api, tmp_path, town)
        closed["PRESSRUN_ENGINES__LLAMA_SERVER__URL"] = "http://127.0.0.1:9"
        code, out, err = await digest(tmp_path, closed)
    assert (code, out) == (5, "")
    assert "EngineUnavailable: nothing answers at http://127.0.0.1:9" in err
    assert "Traceback" not in err

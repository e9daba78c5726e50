"""An edition by settings full of secrets, and of what is the operator's own: none gets out."""

import gzip
import logging
import re
import zlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

from pressrun.cli.prefect import Server, using
from settings import Settings, load_settings
from tasks.desk import press_for
from tasks.order import place_order
from tasks.press import lend_press
from tests.fakes import FakeOllama, NewsSite
from tests.tasks.alerting import Operator
from tests.tasks.delivery.mailing import MailServer
from tests.tasks.delivery.robots import Hook

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("prefect"),
    # Of a library that one of Apprise's 130 plug-ins imports, on Python 3.11 and 3.12.
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]

DAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)
SECRET = b"hush"
"""In every secret: nobody sees it but whom it is sent to."""
OWN = b"desk-only"
"""In what is the operator's own: logs and manifests may have it, readers do not."""

SETTINGS = """
archive = "{folder}/desk-only-archive"
engine = "ollama"
site_url = "https://news.test/"

[fetch]
private_hosts = true
host_delay_s = 0
retry_delay_s = 0
user_agent = "desk-only-agent"

[sources.sina]
list_url = "{list_url}?key=desk-only-key"

[sources.sina_roll]
list_url = "{site}/gone?key=desk-only-key"

[engines.ollama]
host = "{ollama}"
model = "{model}"

[alerts]
addresses = ["{operator}", "json://127.0.0.1:9/hush-of-nobody"]

[papers.daily]
sources = ["sina-roll", "sina"]
formats = ["html", "pdf", "card", "markdown", "json"]
theme = "{folder}/desk-only-theme"
prompts = "{folder}/desk-only-prompts"
pdf_evidence = true

[papers.daily.interests]
readers = "desk-only-readers"
dropped = ["没有的词"]

[papers.daily.delivery]
webhooks = ["{hook}", "env:DESK_ONLY_HOOK"]
chats = ["json://me:hush-chat@{place}/json/hush-chat"]
days_back = 36500
attempts = 1

[papers.daily.delivery.mail]
to = ["hush-reader@home.test"]
sender = "news@paper.test"
server = "{mail}"
security = "none"
user = "hush-user"
password = "env:MAIL_PASSWORD"
"""


class Kept(logging.Handler):
    """All that is logged here, but what servers of this test say of requests."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name != "aiohttp.access":
            self.lines.append(self.format(record))


@pytest.fixture
def kept() -> Iterator[Kept]:
    """A handler that hears every logger."""
    handler = Kept()
    known = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    loggers = [logging.root, *(one for one in known if not one.propagate)]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture(autouse=True)
def _on_the_server(prefect_api: str) -> Iterator[None]:
    with using(Server(prefect_api, {"api.url": prefect_api, "logging.to_api.enabled": False})):
        yield


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with Hook() as one:
        yield one


@pytest.fixture
async def operator() -> AsyncIterator[Operator]:
    async with Operator() as one:
        yield one


def theme_and_prompts(folder: Path) -> None:
    theme, prompts = folder / "desk-only-theme", folder / "desk-only-prompts"
    theme.mkdir()
    (theme / "page.css").write_text('/* desk */ @import "pressrun/page.css";')
    prompts.mkdir()
    (prompts / "written.zh.txt").write_text("desk-only-prompt\n---\n{article}\n")


async def printed(settings: Settings) -> Any:
    from flows.daily import daily_digest

    order = place_order(settings, "daily", DAY, NOW)
    async with press_for(order, settings) as press:
        with lend_press(press):
            return await daily_digest(edition_date=DAY, paper="daily", return_state=True)


async def as_the_server_has_it(run_id: Any) -> str:
    """The run, its tasks and its artifacts."""
    one = FlowRunFilter(id=FlowRunFilterId(any_=[run_id]))
    async with get_client() as client:
        found = (
            await client.read_flow_run(run_id),
            await client.read_task_runs(flow_run_filter=one),
            await client.read_artifacts(flow_run_filter=one),
        )
    return repr([one.model_dump() for one in (found[0], *found[1], *found[2])])


def opened(path: Path) -> bytes:
    """What a file says, also where it is compressed."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        return data + gzip.decompress(data)
    if path.suffix != ".pdf":
        return data
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL):
        data += zlib.decompressobj().decompress(packed) if packed[:1] == b"x" else b""
    pdf: Any = pypdfium2.PdfDocument  # without types
    pages = pdf(path)
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    pages.close()
    return data + text.encode()


async def test_no_secret_is_kept_or_told_and_readers_see_nothing_of_the_operators(
    tmp_path: Path,
    ollama: FakeOllama,
    hook: Hook,
    operator: Operator,
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theme_and_prompts(tmp_path)
    monkeypatch.setenv("MAIL_PASSWORD", "hush-password")
    with MailServer() as mail:
        async with NewsSite() as site:
            site.answers = {4: [404]}
            file = tmp_path / "pressrun.toml"
            given = {
                "folder": tmp_path,
                "site": site.url,
                "list_url": site.list_url,
                "ollama": ollama.url.replace("://", "://me:hush-model@"),
                "model": ollama.model,
                "operator": operator.address("hears", "hush-alert").get_secret_value(),
                "hook": hook.address.replace("t0ken-of-mine", "hush-hook?key=hush-key"),
                "place": hook.url.partition("://")[2],
                "mail": mail.place,
            }
            file.write_text(SETTINGS.format(**given))
            state = await printed(load_settings(file=file))
    archive = tmp_path / "desk-only-archive"

    # It was printed, in part; sent to one address, and not to three.
    assert state.name == "Partial"
    assert state.message.endswith("3 deliveries failed")
    [sent] = hook.bodies
    assert [told["title"] for told in operator.told] == [
        f"daily-{DAY}: 3 deliveries failed",
        f"daily-{DAY}: Partial, 3 of 4",
    ]
    assert ollama.asked
    assert "desk-only-prompt" in str(ollama.asked)
    assert "desk-only-readers" in str(ollama.asked)

    files = {path: opened(path) for path in archive.rglob("*") if path.is_file()}
    shown = {path: said for path, said in files.items() if (archive / "site") in path.parents}
    assert len(shown) >= 12
    assert [path.name for path, said in files.items() if SECRET in said] == []
    assert [path.name for path, said in shown.items() if OWN in said] == []
    assert SECRET not in sent
    assert OWN not in sent
    told = "\n".join((*kept.lines, *map(str, operator.told), str(state)))
    assert "deliver" in told
    assert SECRET.decode() not in told
    assert SECRET.decode() not in await as_the_server_has_it(state.state_details.flow_run_id)

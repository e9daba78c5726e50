"""Chats by Apprise, on endpoints in the shapes of DingTalk's and Feishu's robots."""

import base64
import logging
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace

import pytest

from pressrun.errors import DeliveryError, DeliveryUnknown
from tasks.delivery.chat import CODES, Chat, body_of, judge
from tasks.delivery.overhearing import Exchange, Fault
from tasks.delivery.parcel import File
from tests.tasks.delivery.posting import chat, parcel
from tests.tasks.delivery.robots import Robots

# Of a library that one of Apprise's 130 plug-ins imports, on Python 3.11 and 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

DINGTALK, FEISHU = "dingtalk://d1ngt0ken", "feishu://fe1shut0ken"


@pytest.fixture
async def robots(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Robots]:
    from apprise.plugins.dingtalk import NotifyDingTalk
    from apprise.plugins.feishu import NotifyFeishu

    async with Robots() as one:
        ding = f"{one.url}/robot/send?access_token={{token}}"
        monkeypatch.setattr(NotifyDingTalk, "notify_url", ding)
        feishu = f"{one.url}/open-apis/bot/v2/hook/{{token}}/"
        monkeypatch.setattr(NotifyFeishu, "notify_url", feishu)
        yield one


def as_json(robots: Robots) -> str:
    return f"{robots.url.replace('http', 'json')}/json/tok3n"


async def test_a_robot_of_dingtalk_is_told_masthead_counts_headlines_and_address(
    robots: Robots,
) -> None:
    await Chat(20).send(parcel(link="https://news.test/daily/2026-11-21/"), chat(DINGTALK))
    [told] = robots.told
    assert told["msgtype"] == "text"
    assert [line.strip() for line in told["text"]["content"].splitlines() if line.strip()] == [
        "每日要闻 · 2026年11月21日 星期六",
        "共 2 条",
        "1. 第1条",
        "2. 第2条",
        "https://news.test/daily/2026-11-21/",
    ]


async def test_a_robot_of_feishu_is_told_the_same(robots: Robots) -> None:
    await Chat(20).send(parcel(), chat(FEISHU))
    [told] = robots.told
    assert told["msg_type"] == "text"
    assert "每日要闻" in told["content"]["text"]
    assert "2. 第2条" in told["content"]["text"]


@pytest.mark.parametrize(("address", "code"), [(DINGTALK, 310000), (FEISHU, 19024)])
async def test_a_refusal_with_a_status_of_200_is_one(
    robots: Robots, address: str, code: int
) -> None:
    robots.codes = [code]
    with pytest.raises(DeliveryError, match=f"code {code}") as caught:
        await Chat(20).send(parcel(), chat(address))
    assert not isinstance(caught.value, DeliveryUnknown)
    assert "t0ken" not in str(caught.value)


async def test_an_answer_without_its_code_leaves_it_open(robots: Robots) -> None:
    robots.codes = [None]
    with pytest.raises(DeliveryUnknown, match="without errcode"):
        await Chat(20).send(parcel(), chat(DINGTALK))


@pytest.mark.parametrize(("said", "is_taken"), [(b"true", True), (b"false", False)])
def test_a_service_may_say_so_by_true_and_false(said: bytes, is_taken: bool) -> None:
    answer = Exchange(200, body=b'{"success": %s}' % said)
    with nullcontext() if is_taken else pytest.raises(DeliveryError, match="success False"):
        judge([answer], "", is_content=True, code=CODES["synology"])


@pytest.mark.parametrize("status", [301, 302, 303, 307])
async def test_a_way_to_another_page_is_no_arrival(robots: Robots, status: int) -> None:
    robots.statuses, robots.headers = [status], {"Location": "/login"}
    with pytest.raises(DeliveryError, match=f"HTTP {status}") as caught:
        await Chat(20).send(parcel(), chat(as_json(robots)))
    assert not caught.value.transient


@pytest.mark.parametrize("name", ["Retry-After", "retry-after"])
async def test_what_a_service_asks_to_wait_is_read_in_any_case(robots: Robots, name: str) -> None:
    robots.statuses, robots.headers = [429], {name: "120"}
    with pytest.raises(DeliveryError) as caught:
        await Chat(20).send(parcel(), chat(DINGTALK))
    assert caught.value.retry_after_s == 120


def test_no_headline_calls_everybody_of_a_chat() -> None:
    titles = ("@everyone", '<at user_id="all">所有人</at>', "!channel> a < b")
    letter = parcel().letter.model_copy(update={"headlines": titles})
    body = body_of(replace(parcel(), letter=letter))
    assert not set("<>@") & set(body)
    assert "＠everyone" in body


async def test_a_service_that_takes_pictures_gets_the_card(robots: Robots) -> None:
    card = File("card.png", "image/png", b"\x89PNG")
    await Chat(20).send(parcel(picture=card), chat(as_json(robots)))
    [told] = robots.told
    [attached] = told["attachments"]
    assert attached["filename"] == "card.png"
    assert base64.b64decode(attached["base64"]) == b"\x89PNG"


async def test_a_service_that_takes_none_gets_the_words(robots: Robots) -> None:
    card = File("card.png", "image/png", b"\x89PNG")
    await Chat(20).send(parcel(picture=card), chat(DINGTALK))
    assert len(robots.told) == 1


@pytest.mark.parametrize(
    ("status", "kind", "may_pass"),
    [
        (403, DeliveryError, False),
        (429, DeliveryError, True),
        (503, DeliveryError, True),
        (500, DeliveryUnknown, False),
        (502, DeliveryUnknown, False),
    ],
)
async def test_what_an_error_says_goes_by_its_status(
    robots: Robots, status: int, kind: type[DeliveryError], may_pass: bool
) -> None:
    robots.statuses = [status]
    with pytest.raises(DeliveryError) as caught:
        await Chat(20).send(parcel(), chat(DINGTALK))
    assert type(caught.value) is kind
    assert caught.value.transient is may_pass


async def test_a_connection_that_breaks_after_the_request_leaves_it_open(robots: Robots) -> None:
    robots.is_deaf = True
    with pytest.raises(DeliveryUnknown):
        await Chat(20).send(parcel(), chat(DINGTALK))
    assert len(robots.told) == 1


async def test_a_service_that_is_not_there_may_come_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Robots() as robots:
        gone = as_json(robots)
    with pytest.raises(DeliveryError) as caught:
        await Chat(20).send(parcel(), chat(gone))
    assert caught.value.transient
    assert not isinstance(caught.value, DeliveryUnknown)
    assert "tok3n" not in caplog.text + str(caught.value)


async def test_what_is_no_address_is_said() -> None:
    with pytest.raises(DeliveryError, match="Apprise reads no services") as caught:
        await Chat(20).send(parcel(), chat("carrier-pigeon://t0ken"))
    assert "t0ken" not in str(caught.value)


def test_where_a_part_was_taken_nothing_is_tried_again() -> None:
    taken, refused = Exchange(200), Exchange(413)
    with pytest.raises(DeliveryUnknown, match="a part of it"):
        judge([taken, refused], "", is_content=False, code="")


def test_a_service_that_speaks_no_http_and_is_not_content_leaves_it_open() -> None:
    with pytest.raises(DeliveryUnknown):
        judge([], "could not send", is_content=False, code="")


def test_only_what_may_pass_is_tried_again() -> None:
    with pytest.raises(DeliveryError) as caught:
        judge([Exchange(fault=Fault.UNTRUSTED)], "", is_content=False, code="")
    assert not caught.value.transient


def test_a_long_edition_is_told_by_its_first_headlines() -> None:
    letter = parcel().letter.model_copy(update={"headlines": tuple(map(str, range(30)))})
    assert body_of(replace(parcel(), letter=letter)).splitlines()[-1] == "8. 7"

"""Webhooks on a real server: what is posted, with which key, and what an answer means."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pressrun.archive import Archive
from pressrun.errors import DeliveryError, DeliveryUnknown
from pressrun.models import Edition
from pressrun.public import public_json
from tasks.delivery.verdicts import retry_after_s
from tasks.delivery.webhook import Webhook
from tests.tasks.delivery.posting import (
    Waiting,
    parcel,
    patience,
    sent,
    settings_for,
    states,
    values,
    webhook,
)
from tests.tasks.delivery.robots import Hook


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with Hook() as one:
        yield one
        one.awake.set()


@pytest.fixture
def archive(archive_dir: Path) -> Archive:
    return Archive.open(str(archive_dir))


async def test_what_is_posted_is_the_manifest_as_readers_may_see_it(
    hook: Hook, archive: Archive
) -> None:
    story = values.story(1)
    story = story.model_copy(
        update={"summary": story.summary.model_copy(update={"host": "http://10.0.0.5:11434"})}
    )
    number = archive.editions.begin(values.plan())
    edition = values.edition(number).model_copy(update={"stories": (story,), "failures": ()})
    edition = archive.publish(edition, values.renditions()).edition
    assert states(await sent(archive, settings_for(webhooks=(hook.address,)), edition)) == ["sent"]
    [body] = hook.bodies
    assert body == public_json(edition)
    assert b"10.0.0.5" not in body
    assert hook.types == ["application/json"]
    assert Edition.model_validate(json.loads(body)).edition_date == edition.edition_date


async def test_a_receiver_that_fails_is_tried_again_with_the_same_key(
    hook: Hook, archive: Archive
) -> None:
    hook.answers = [500, 503, 200]
    edition = values.print(archive).edition
    [one] = await sent(archive, settings_for(webhooks=(hook.address,)), edition)
    assert (one.state, one.attempts) == ("sent", 3)
    assert len(hook.keys) == 3
    assert len(set(hook.keys)) == 1
    assert "t0ken" not in hook.keys[0]


async def test_attempts_end_and_it_has_failed_then(hook: Hook, archive: Archive) -> None:
    hook.answers = [503] * 9
    edition = values.print(archive).edition
    settings = settings_for(webhooks=(hook.address,))
    [one] = await sent(archive, settings, edition)
    assert (one.state, one.attempts, one.reason) == ("failed", 3, "HTTP 503")
    await sent(archive, settings, edition)
    assert len(hook.bodies) == 3


async def test_a_wait_that_the_receiver_asks_for_is_kept(hook: Hook, archive: Archive) -> None:
    hook.answers, hook.headers = [429], {"Retry-After": "42"}
    waiting = Waiting()
    edition = values.print(archive).edition
    settings = settings_for(webhooks=(hook.address,))
    await sent(archive, settings, edition, patience=patience(3, waiting))
    assert waiting.waits == [42]


def test_a_wait_without_measure_is_cut_and_a_date_is_none() -> None:
    assert retry_after_s("86400") == 300
    assert retry_after_s("Sun, 06 Nov 2026 08:49:37 GMT") is None


@pytest.mark.parametrize(
    ("answer", "kind", "may_pass"),
    [
        (404, DeliveryError, False),
        (307, DeliveryError, False),
        (408, DeliveryError, True),
        (500, DeliveryError, True),
        (502, DeliveryUnknown, False),
        (504, DeliveryUnknown, False),
        (0, DeliveryUnknown, False),
    ],
)
async def test_what_an_answer_means(
    hook: Hook, answer: int, kind: type[DeliveryError], may_pass: bool
) -> None:
    hook.answers, hook.headers = [answer], {"Location": "/moved"}
    with pytest.raises(DeliveryError) as caught:
        await Webhook(20).send(parcel(), webhook(hook.address))
    assert type(caught.value) is kind
    assert caught.value.transient is may_pass
    assert list(hook.requests.values()) == [1]
    assert "t0ken" not in str(caught.value)


async def test_silence_after_the_request_leaves_it_open(hook: Hook) -> None:
    hook.answers = [-1]
    with pytest.raises(DeliveryUnknown):
        await Webhook(0.3).send(parcel(), webhook(hook.address))
    hook.awake.set()


async def test_a_receiver_that_is_not_there_may_come_back() -> None:
    async with Hook() as hook:
        gone = hook.address
    with pytest.raises(DeliveryError) as caught:
        await Webhook(20).send(parcel(), webhook(gone))
    assert caught.value.transient
    assert not isinstance(caught.value, DeliveryUnknown)

"""Once for each printing and address, and a crash in between is told as what it is: unknown."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pressrun.archive import Archive
from pressrun.archive.check import check
from pressrun.archive.deliveries import LONGEST, Deliveries, Note, Sender, State
from pressrun.archive.retractions import Retraction, Retractions
from pressrun.errors import ArchiveError, DeliveryError, DeliveryUnknown, SettingsError
from pressrun.letter import Letter
from pressrun.models import Edition
from renderers.letter import write_letter
from tasks import deliver as module
from tasks.deliver import deliver, in_words, is_due, is_recent, standing, summed_up
from tasks.delivery.addresses import addresses_of, make_address
from tasks.delivery.sending import Delivery, Patience, send
from tests.pressrun.archive.archive_desk import DAY
from tests.tasks.delivery.posting import (
    NOW,
    Scripted,
    chat,
    parcel,
    patience,
    sent,
    settings_for,
    states,
    values,
)

A, B = "json://127.0.0.1/tok3n-a", "json://127.0.0.1/tok3n-b"
GONE = Sender(host="other", machine=Sender.here().machine, pid=1, birth="long ago")
ELSEWHERE = Sender(host="other", machine="another boot", pid=1, birth="5")


@pytest.fixture
def archive(archive_dir: Path) -> Archive:
    return Archive.open(str(archive_dir))


@pytest.fixture
def edition(archive: Archive) -> Edition:
    return values.print(archive).edition


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scripted]:
    """Has everything sent go through one carrier, which fails as it is told."""

    def script(*faults: DeliveryError | None) -> Scripted:
        carrier = Scripted(*faults)
        ways = dict.fromkeys(("mail", "chat", "webhook"), carrier)
        monkeypatch.setattr(module, "carriers_of", lambda delivery: ways)
        return carrier

    return script


def noted(archive: Archive, edition: Edition, address: str, **facts: object) -> None:
    note = {"name": "x", "state": "sending", "attempts": 1, "at": NOW, "sender": Sender.here()}
    slip = Deliveries(archive.files).slip(edition, chat(address).sha256)
    assert slip.put(Note.model_validate(note | facts))


def note_on(archive: Archive, edition: Edition, address: str) -> Note:
    note = Deliveries(archive.files).slip(edition, chat(address).sha256).look()
    assert note
    return note


def all_notes(folder: Path) -> str:
    """Names and words."""
    found = folder.glob("editions/*/*/deliveries/*")
    return "".join(str(path.relative_to(folder)) + path.read_text() for path in found)


def damage(folder: Path) -> None:
    [path] = folder.glob("editions/*/*/deliveries/*")
    path.write_text("{")


async def test_a_printing_goes_to_each_address_once(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    settings = settings_for(chats=(A, B, A))
    for _ in range(3):
        assert states(await sent(archive, settings, edition)) == ["sent", "sent"]
    assert len(carrier.arrived) == len(set(carrier.arrived)) == 2


async def test_a_later_printing_goes_too_unless_only_the_first_is_wanted(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    await sent(archive, settings_for(chats=(A,)), edition)
    later = values.print(archive, "two").edition
    assert later.revision == 2
    first_only = settings_for(chats=(A,), revisions="first")
    assert states(await sent(archive, first_only, later)) == ["None"]
    assert states(await sent(archive, settings_for(chats=(A,)), later)) == ["sent"]
    assert [key.split(".")[2] for key in carrier.arrived] == ["r1", "r2"]


async def test_who_did_not_get_the_first_printing_gets_the_second(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through(DeliveryError("HTTP 404"))
    settings = settings_for(chats=(A,), revisions="first")
    assert states(await sent(archive, settings, edition)) == ["failed"]
    later = values.print(archive, "two").edition
    assert states(await sent(archive, settings, later)) == ["sent"]
    assert len(carrier.arrived) == 1


async def test_before_it_is_sent_the_note_says_so(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    seen: list[State] = []

    class Looking(Scripted):
        async def send(self, *given: object) -> None:
            seen.append(note_on(archive, edition, A).state)

    carrier = Looking()
    through()
    slip = Deliveries(archive.files).slip(edition, chat(A).sha256)
    found = await send(slip, parcel(edition), chat(A), carrier, patience(), again=False)
    assert seen == [State.SENDING]
    assert found.state is State.SENT


async def test_what_was_broken_off_is_unknown_and_not_sent_again(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    noted(archive, edition, A, sender=GONE)
    settings = settings_for(chats=(A, B))
    found = await sent(archive, settings, edition)
    assert states(found) == ["unknown", "sent"]
    assert in_words(edition, found[0]).endswith(
        f"pressrun deliver 2026-11-21 --paper daily --again --to {found[0].name}"
    )
    assert summed_up(found) == "1 delivery may have arrived"
    again = await sent(archive, settings, edition)
    assert states(again) == ["unknown", "sent"]
    assert summed_up(again) == ""
    assert len(carrier.arrived) == 1


async def test_it_is_sent_again_on_purpose_and_to_that_address_alone(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    noted(archive, edition, A, sender=GONE)
    settings = settings_for(chats=(A, B))
    await sent(archive, settings, edition)
    [one] = await sent(archive, settings, edition, again=True, only=(chat(A).name,))
    assert one.state is State.SENT
    assert carrier.arrived == [parcel(edition).key(chat(B)), parcel(edition).key(chat(A))]


async def test_what_another_run_is_sending_is_left_to_it(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    noted(archive, edition, A, sender=ELSEWHERE)
    settings = settings_for(chats=(A,))
    assert states(await sent(archive, settings, edition)) == ["sending"]
    assert states(await sent(archive, settings, edition, again=True)) == ["sending"]
    noted_long_ago = note_on(archive, edition, A)
    assert noted_long_ago.is_abandoned(NOW + LONGEST)
    assert not noted_long_ago.is_abandoned(NOW + LONGEST - timedelta(seconds=1))
    assert not carrier.arrived


async def test_of_two_runs_at_once_one_sends(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    settings = settings_for(chats=(A, B))
    await asyncio.gather(*(sent(archive, settings, edition) for _ in range(5)))
    assert len(carrier.arrived) == len(set(carrier.arrived)) == 2


async def test_a_note_that_is_damaged_keeps_it_from_being_sent(
    archive: Archive, edition: Edition, through: Callable[..., Scripted], archive_dir: Path
) -> None:
    carrier = through()
    settings = settings_for(chats=(A,))
    await sent(archive, settings, edition)
    damage(archive_dir)
    [one] = await sent(archive, settings, edition)
    assert (one.state, one.reason) == (State.UNKNOWN, "what was noted of it is damaged")
    assert len(carrier.arrived) == 1


async def test_a_run_that_was_ended_while_it_waited_is_gone_on_with(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    noted(archive, edition, A, state="failed", may_pass=True, attempts=1, reason="HTTP 503")
    [one] = await sent(archive, settings_for(chats=(A,)), edition)
    assert (one.state, one.attempts, carrier.tried) == (State.SENT, 2, 1)


async def test_what_failed_for_good_is_not_tried_again_by_itself(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through(DeliveryError("HTTP 404; correct the address"))
    settings = settings_for(chats=(A,))
    found = await sent(archive, settings, edition)
    assert summed_up(found) == "1 delivery failed"
    assert states(await sent(archive, settings, edition)) == ["failed"]
    assert carrier.tried == 1
    assert states(await sent(archive, settings, edition, again=True)) == ["sent"]


async def test_a_fault_of_ours_in_the_middle_leaves_it_open_and_ends_nothing(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    carrier.faults = [RuntimeError("tok3n-a")]  # type: ignore[list-item]
    found = await sent(archive, settings_for(chats=(A, B)), edition)
    assert sorted(states(found)) == ["sent", "unknown"]  # whichever came first
    assert "tok3n" not in str(found)


async def test_an_archive_that_does_not_write_has_nothing_sent(
    archive: Archive,
    edition: Edition,
    through: Callable[..., Scripted],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    carrier = through()

    def full(*given: object) -> bool:
        raise ArchiveError("the disk is full: free some space")

    monkeypatch.setattr(archive.files, "swap", full)
    [one] = await sent(archive, settings_for(chats=(A,)), edition)
    assert one.state is None
    assert "the disk is full" in one.reason
    assert carrier.tried == 0


async def test_no_token_of_an_address_is_in_what_is_kept_or_told(
    archive: Archive, edition: Edition, through: Callable[..., Scripted], archive_dir: Path
) -> None:
    through(None, DeliveryUnknown("no answer"), DeliveryError("HTTP 404"))
    secrets = ("json://me:hunter2@127.0.0.1/tok3n-a", "https://hook.test/tok3n-b?key=tok3n-c")
    settings = settings_for(
        chats=secrets[:1],
        webhooks=secrets[1:],
        mail={"to": ["reader-of-mine@home.test"], "server": "m.test", "sender": "n@p.test"},
    )
    found = await sent(archive, settings, edition)
    kept = all_notes(archive_dir)
    addresses, _ = addresses_of(settings.paper("daily").delivery)
    said = f"{kept} {found} {addresses} {settings!r} {[in_words(edition, one) for one in found]}"
    for secret in ("hunter2", "tok3n", "reader-of-mine", "me:"):
        assert secret not in said
    assert [one.name.rpartition(":")[0] for one in found] == [
        "mail:home.test",
        "json",
        "https:hook.test",
    ]


async def test_an_address_whose_secret_is_missing_is_told_and_the_others_are_served(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    found = await sent(archive, settings_for(chats=("env:NOT_THERE", A)), edition)
    by_name = {one.name: one for one in found}
    assert "set NOT_THERE" in by_name["env:NOT_THERE"].reason
    assert summed_up(found) == "1 delivery failed"
    assert len(carrier.arrived) == 1


async def test_a_name_that_no_address_has_is_refused_with_those_there_are(
    archive: Archive, edition: Edition
) -> None:
    with pytest.raises(SettingsError, match=r"--to x: no address .* there are: json:"):
        await sent(archive, settings_for(chats=(A,)), edition, again=True, only=("x",))


async def test_an_archive_with_notes_is_as_it_should_be(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    through()
    await sent(archive, settings_for(chats=(A,)), edition)
    assert not [one for one in check(archive, NOW) if one.key.startswith("editions/")]
    assert archive.editions.revisions("daily", edition.edition_date) == (1,)
    assert not [one for one in archive.files.entries("site") if "deliveries" in one.key]


def test_only_recent_editions_are_sent_by_themselves() -> None:
    paper = settings_for(chats=(A,)).paper("daily")
    today = NOW.date()
    assert is_recent(paper, today, NOW)
    assert is_recent(paper, today - timedelta(days=1), NOW)
    assert not is_recent(paper, today - timedelta(days=2), NOW)
    assert not is_recent(settings_for().paper("daily"), today, NOW)
    older = settings_for(chats=(A,), days_back=7).paper("daily")
    assert is_recent(older, today - timedelta(days=7), NOW)


def test_a_day_that_is_not_over_is_sent_by_a_paper_that_prints_it_so(archive: Archive) -> None:
    edition = values.print(archive, as_of=NOW).edition
    paper = settings_for(chats=(A,)).paper("daily")
    assert not is_due(paper, edition, NOW)
    assert is_due(paper.model_copy(update={"default_day": "today"}), edition, NOW)


async def test_the_same_stories_drawn_again_go_to_who_has_none_of_them(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    await sent(archive, settings_for(chats=(A,)), edition)
    number = archive.editions.begin(values.plan(redraws=1))
    again = archive.publish(values.edition(number), values.renditions("two")).edition
    found = await sent(archive, settings_for(chats=(A, B)), again)
    assert states(found) == ["None", "sent"]
    assert not any(one.is_trouble for one in found)
    assert carrier.arrived == [parcel(edition).key(chat(A)), parcel(again).key(chat(B))]


async def test_a_printing_that_another_followed_is_not_tried_again(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier, settings = through(DeliveryError("HTTP 503", transient=True)), settings_for(chats=(A,))

    async def reprint(_: float) -> None:
        values.print(archive, "two")

    [one] = await sent(archive, settings, edition, patience=Patience(3, 1.0, lambda: NOW, reprint))
    says = "revision 2 took the place of revision 1"
    assert (one.state, one.reason, one.is_trouble) == (None, says, False)
    assert in_words(edition, one) == f"{chat(A).name}: not sent: {says}"
    assert (carrier.tried, carrier.arrived) == (1, [])
    later = archive.editions.current("daily", DAY)
    assert later
    assert states(await sent(archive, settings, later)) == ["sent"]


async def test_a_printing_is_not_sent_while_a_story_of_it_is_taken_back(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier, settings = through(), settings_for(chats=(A,))
    story = edition.stories[0]
    taken = Retraction(url=story.url, title=story.title, by="me", at=NOW)
    Retractions(archive.files).add("daily", DAY, taken)
    [one] = await sent(archive, settings, edition)
    assert (one.state, one.reason) == (None, "a story of it was taken back")
    assert not carrier.tried
    Retractions(archive.files).undo("daily", DAY, story.url, by="me", at=NOW)
    assert states(await sent(archive, settings, edition)) == ["sent"]


async def test_of_two_runs_that_both_found_8_addresses_due_one_sends_to_each(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    carrier = through()
    settings = settings_for(chats=tuple(f"json://127.0.0.1/tok3n-{number}" for number in range(8)))
    has_looked, is_sent = threading.Event(), threading.Event()

    def late(*given: Any) -> Letter:
        has_looked.set()
        assert is_sent.wait(30)
        return write_letter(*given)

    async def first() -> tuple[Delivery, ...]:
        assert await asyncio.to_thread(has_looked.wait, 30)
        found = await sent(archive, settings, edition)
        is_sent.set()
        return found

    second = deliver(archive, settings, edition, late, patience=patience())
    for found in await asyncio.gather(first(), second):
        assert states(found) == ["sent"] * 8
    assert len(carrier.arrived) == len(set(carrier.arrived)) == 8


@pytest.mark.parametrize("is_before", [True, False])
async def test_what_runs_the_work_may_fail_for_one_address_and_the_others_are_served(
    archive: Archive, edition: Edition, through: Callable[..., Scripted], is_before: bool
) -> None:
    carrier = through()

    async def each(name: str, work: Callable[[], Awaitable[Delivery]]) -> Delivery:
        if is_before and name == chat(A).name:
            raise ConnectionError("the server went away")
        found = await work()
        if name == chat(A).name:
            raise ConnectionError("the server went away")
        return found

    found = await sent(archive, settings_for(chats=(A, B)), edition, each=each)
    assert states(found) == ["None" if is_before else "sent", "sent"]
    assert found[0].is_trouble is is_before
    assert ("went away" in found[0].reason) is is_before
    assert len(carrier.arrived) == (1 if is_before else 2)


async def test_to_look_changes_nothing(
    archive: Archive, edition: Edition, through: Callable[..., Scripted]
) -> None:
    through()
    noted(archive, edition, A, sender=GONE)
    found = standing(archive, settings_for(chats=(A, B)), edition)
    assert states(found) == ["unknown", "None"]
    assert note_on(archive, edition, A).state is State.SENDING


@pytest.mark.parametrize("text", ["somebody", "a b@c.test", "<a@b.test>", "读者@b.test"])
def test_what_is_no_mailbox_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        make_address("mail", text)
    assert text not in str(caught.value)

"""Automations of the Prefect server: what rings when no process of ours can.

A run that is killed, never starts or loses its machine cannot tell of it; the server can. Each
automation is a plain table, as `prefect automation create --from-file` reads it; the files in
deploy/automations/ are the same tables.
"""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

TAG = "pressrun"
"""On every run that Pressrun starts: by its deployment, or by the command."""
BLOCK_NAME = "pressrun-alerts"
PLACEHOLDER = "00000000-0000-0000-0000-000000000000"
"""Stands in the shipped files for the ID of the server's own notification block."""

LATE_AFTER_S = 600
SILENT_AFTER_S = 300
"""Heartbeats come every 30 s; a server that was restarted may have missed some."""

ZOMBIES = "zombies"
KINDS = ("failed", "partial", "missing", "late", ZOMBIES)

_EVENT = "prefect.flow-run."
_OURS = {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"}
_SCHEDULED = {"prefect.resource.role": "tag", "prefect.resource.id": "prefect.tag.auto-scheduled"}
_STATES = {"failed": ("Crashed", "Failed", "TimedOut"), "partial": ("Partial",)}
_SUBJECT = "{{ flow_run.name }}: {{ flow_run.state.name }}"
_BODY = "{{ flow_run.state.message }}\nRun: {{ flow_run | ui_url }}"
_TOLD: dict[str, tuple[str, str, str]] = {
    "failed": ("A run of Pressrun failed or crashed.", _SUBJECT, _BODY),
    "partial": ("An edition was printed with stories missing.", _SUBJECT, _BODY),
    "missing": ("A day has no edition.", _SUBJECT, _BODY),
    "late": (
        f"A scheduled run did not start within {LATE_AFTER_S // 60} minutes.",
        "{{ flow.name }}/{{ deployment.name }}: Late",
        "It was due at {{ flow_run.expected_start_time }} and has not started: does a worker "
        "poll the pool {{ flow_run.work_pool_name }}, and has it room?\n"
        "Run: {{ flow_run | ui_url }}",
    ),
}


def name_of(kind: str) -> str:
    """What the automation is called on the server: by it a run knows that it will ring."""
    return f"pressrun-{kind}"


def automation(kind: str, block_id: str = PLACEHOLDER) -> dict[str, Any]:
    """The automation *kind*, which notifies by the block *block_id*."""
    if kind == ZOMBIES:
        return _zombies()
    description, subject, body = _TOLD[kind]
    return {
        "name": name_of(kind),
        "description": description,
        "enabled": True,
        "trigger": _late() if kind == "late" else _reached(_STATES.get(kind, (kind.title(),))),
        "actions": [
            {
                "type": "send-notification",
                "block_document_id": block_id,
                "subject": subject,
                "body": body,
            }
        ],
    }


def _reached(states: Collection[str]) -> dict[str, Any]:
    return {
        "type": "event",
        "posture": "Reactive",
        "expect": [f"{_EVENT}{state}" for state in states],
        "match": {"prefect.resource.id": f"{_EVENT}*"},
        "match_related": _OURS,
        "for_each": ["prefect.resource.id"],
        "threshold": 1,
        "within": 0,
    }


def _late() -> dict[str, Any]:
    # The server calls a run late after 15 s; a worker that polls every 15 s would ring daily.
    return {
        "type": "event",
        "posture": "Proactive",
        "after": [f"{_EVENT}Late"],
        "expect": [
            f"{_EVENT}{state}"
            for state in ("Pending", "Running", "Cancelled", "Completed", "Failed", "Crashed")
        ],
        "match": {"prefect.resource.id": f"{_EVENT}*"},
        "match_related": [_OURS, _SCHEDULED],
        "for_each": ["prefect.resource.id"],
        "threshold": 1,
        "within": LATE_AFTER_S,
    }


def _zombies() -> dict[str, Any]:
    silence = f"No sign of life for {SILENT_AFTER_S // 60} minutes"
    return {
        "name": name_of(ZOMBIES),
        "description": f"{silence}: the run's machine or worker is gone, and the run Crashed.",
        "enabled": True,
        "trigger": {
            "type": "event",
            "posture": "Proactive",
            "after": [f"{_EVENT}heartbeat"],
            "expect": [f"{_EVENT}*"],
            "match": {"prefect.resource.id": f"{_EVENT}*"},
            "match_related": _OURS,
            "for_each": ["prefect.resource.id"],
            "threshold": 1,
            "within": SILENT_AFTER_S,
        },
        "actions": [
            {
                "type": "change-flow-run-state",
                "state": "CRASHED",
                "message": f"{silence}: the process was killed, or its machine is gone. The next "
                "run of the same paper and day goes on with what was recorded.",
            }
        ],
    }


async def is_installed(kind: str) -> bool:
    """Whether the server has the automation *kind*, switched on; False when it cannot say.

    One that was made of a shipped file as it is, with no block to notify by, rings nobody.
    """
    import httpx
    from prefect.client.orchestration import get_client
    from prefect.exceptions import PrefectHTTPStatusError

    try:
        async with get_client() as client:
            found = await client.read_automations_by_name(name_of(kind))
    except (httpx.HTTPError, PrefectHTTPStatusError, OSError):
        return False
    return any(one.enabled and not _has_placeholder(one.actions) for one in found)


def _has_placeholder(actions: Iterable[object]) -> bool:
    return any(str(getattr(one, "block_document_id", "")) == PLACEHOLDER for one in actions)


async def install(addresses: Collection[str], kinds: Collection[str]) -> tuple[str, ...]:
    """Have the server notify *addresses* of *kinds*; what was done, a line each.

    May be repeated: block and automations of these names are brought up to date, and those of
    other kinds removed, so that what remains is what the settings say. Zombie runs are marked in
    any case. The addresses are kept by the server, encrypted, in one block.
    """
    from prefect.client.orchestration import get_client
    from prefect.events.schemas.automations import AutomationCore

    block_id = await _save_block(addresses)
    done = [f"block {BLOCK_NAME}: {len(addresses)} addresses"]
    async with get_client() as client:
        for kind in KINDS:
            found = await client.read_automations_by_name(name_of(kind))
            wanted = kind == ZOMBIES or kind in kinds
            for extra in found[1:] if wanted else found:
                await client.delete_automation(extra.id)
                done.append(f"automation {name_of(kind)}: removed")
            if not wanted:
                continue
            core = AutomationCore.model_validate(automation(kind, str(block_id)))
            if found:
                await client.update_automation(found[0].id, core)
            else:
                await client.create_automation(core)
            done.append(f"automation {name_of(kind)}: {'brought up to date' if found else 'made'}")
    return tuple(done)


async def _save_block(addresses: Collection[str]) -> UUID:
    # Of Prefect's own blocks this one hands whatever is no Slack address to Apprise as it is. A
    # block type of ours would have to be installed in the server.
    from prefect.blocks.notifications import SlackWebhook
    from pydantic import SecretStr

    block = SlackWebhook(url=SecretStr(", ".join(addresses)), notify_type="warning")
    saved = await block.asave(BLOCK_NAME, overwrite=True)
    assert isinstance(saved, UUID)
    return saved

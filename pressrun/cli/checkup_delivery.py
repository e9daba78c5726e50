"""Whether editions can be delivered, for `pressrun doctor` and `pressrun up --check`."""

import asyncio
from collections import Counter

from pressrun.cli.findings import Finding, Level, good, within, wrong
from pressrun.errors import SettingsError
from settings import Settings
from settings.delivery import DeliverySettings


async def delivery_checks(names: tuple[str, ...], settings: Settings) -> tuple[Finding, ...]:
    """A finding for each paper of *names* that has addresses; nothing is sent.

    None of them keeps an edition from being printed: what is wrong is a warning.
    """
    wanted = {name: settings.paper(name).delivery for name in names}
    found = await asyncio.gather(
        *(
            within(_named(name), delivery_check(name, one), "correct it, or try again")
            for name, one in wanted.items()
            if one.is_wanted
        )
    )
    return tuple(found)


async def delivery_check(name: str, delivery: DeliverySettings) -> Finding:
    """Whether the addresses of paper *name* can be read, and its mail server reached."""
    from tasks.delivery.addresses import addresses_of

    remedy = f"correct papers.{name}.delivery"
    addresses, unread = await asyncio.to_thread(addresses_of, delivery)
    if unread:
        return wrong(_named(name), unread[0].reason, remedy, Level.WARNING)
    for one in addresses:
        if one.kind == "chat" and not await asyncio.to_thread(_is_known, one.text):
            says = f"{one.name}: Apprise does not read one service in it"
            return wrong(_named(name), says, f"{remedy}: ntfy://host/topic", Level.WARNING)
    if delivery.mail.to:
        try:
            await asyncio.to_thread(_secret, delivery)
            host, port = delivery.mail.place
            _, writer = await asyncio.open_connection(host, port)
            writer.close()
        except SettingsError as exc:
            return wrong(_named(name), exc, remedy, Level.WARNING)
        except (OSError, UnicodeError) as exc:
            fault = exc.strerror if isinstance(exc, OSError) else "is no host name"
            says = f"the mail server {delivery.mail.server}: {fault or 'does not answer'}"
            return wrong(_named(name), says, remedy, Level.WARNING)
    kinds = Counter(one.kind for one in addresses)
    return good(_named(name), ", ".join(f"{kind}: {count}" for kind, count in kinds.items()))


def _named(paper: str) -> str:
    return f"delivery {paper}"


def _is_known(address: str) -> bool:
    import apprise

    from tasks.alerts import heard

    with heard():
        bell = apprise.Apprise()
        return bool(bell.add(address)) and len(bell) == 1


def _secret(delivery: DeliverySettings) -> None:
    from tasks.secrets import revealed

    if delivery.mail.user:
        revealed(delivery.mail.password)

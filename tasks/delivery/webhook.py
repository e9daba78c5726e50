"""A webhook: the public edition.json by POST, with a key by which a repetition is known."""

import aiohttp

from pressrun import __version__
from pressrun.errors import DeliveryError, DeliveryUnknown
from tasks.delivery.addresses import Address
from tasks.delivery.parcel import Parcel
from tasks.delivery.verdicts import is_taken, refusal

CONNECT_S = 15.0


class Webhook:
    """A `Carrier`. The whole of a request takes no longer than *timeout_s*."""

    def __init__(self, timeout_s: float) -> None:
        self._limit = aiohttp.ClientTimeout(
            total=timeout_s,
            sock_connect=min(CONNECT_S, timeout_s),
            connect=min(CONNECT_S, timeout_s),
        )

    async def send(self, parcel: Parcel, address: Address) -> None:
        """As in `Carrier`. Of the answer only the status is read."""
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key(address),
            "User-Agent": f"Pressrun/{__version__}",
        }
        # `from None`: what aiohttp says has the address.
        try:
            async with (
                aiohttp.ClientSession(timeout=self._limit, trust_env=True) as session,
                session.post(
                    address.text, data=parcel.manifest, headers=headers, allow_redirects=False
                ) as answer,
            ):
                status, said = answer.status, dict(answer.headers)
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError, UnicodeError):
            raise DeliveryError("is no web address; correct it") from None
        except aiohttp.ClientConnectorCertificateError:
            raise DeliveryError("its certificate is not trusted; correct it there") from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as exc:
            fault = exc.strerror if isinstance(exc, OSError) else None
            raise DeliveryError(
                f"no connection: {fault or 'no answer in time'}", transient=True
            ) from None
        except (aiohttp.ClientError, TimeoutError) as exc:
            raise DeliveryUnknown(
                f"there was no answer after it was sent ({type(exc).__name__})"
            ) from None
        if not is_taken(status):
            raise refusal(status, said, keyed=True)

"""The archive's bytes in a bucket: s3://bucket/prefix, shared by any number of machines.

One put writes a key whole. `swap` is the store's own conditional put (If-None-Match, If-Match), and
whoever reads after a put sees it. Each operation is one request; a `swap` that meets another
writer's bytes is two or three. Nothing is remembered between calls.
"""

import hashlib
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any, NamedTuple

from aiohttp import ClientError
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.exceptions import ConnectionError as NoConnection
from fsspec.asyn import sync

from pressrun.archive.files import ELSEWHERE, Entry
from pressrun.errors import ArchiveError

GONE = b"deleted\n"
"""What stands in the place of a key that `swap` deleted. Many stores (MinIO among them) delete
whatever the condition says, and a put heeds it everywhere."""

ATTEMPTS = 10
"""How often a `swap` is tried that the store answers with a conflict over and over."""
PAUSE_S = 0.05
"""Before the third attempt; it grows by as much with each further one."""

_MARK = "pressrun-swap"
"""Metadata that tells our put from another's: it may have been done though the answer was lost."""

_CONFLICTS = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "409", "412", "404"}
_PASSING = {
    "BadGateway",
    "GatewayTimeout",
    "InternalError",
    "OperationAborted",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "TooManyRequests",
    "429",
    "500",
    "502",
    "503",
    "504",
}
_UNREACHED = (
    NoConnection,
    HTTPClientError,
    IncompleteReadError,
    ClientError,
    TimeoutError,
    ConnectionError,
)
_REMEDIES = {
    "AccessDenied": "give this key the rights to list the bucket and to get, put and delete in it",
    "InvalidAccessKeyId": "correct key and secret in [archive_options]",
    "NoSuchBucket": "make the bucket, or correct the address",
    "NotImplemented": "the store has no conditional put: use one that has",
    "RequestTimeTooSkewed": "set this machine's clock",
    "SignatureDoesNotMatch": "correct key and secret in [archive_options]",
    "NoCredentialsError": "give key and secret in [archive_options]",
    "EndpointConnectionError": "correct endpoint_url in [archive_options], or start the store",
}


class _Held(NamedTuple):
    """What a key holds: no *data* when it was deleted; no *etag* where the store names none."""

    data: bytes | None
    etag: str
    mark: str


class S3Files:
    """A bucket, or what begins with a prefix in it. Safe to use from several threads."""

    def __init__(self, store: Any, bucket: str, prefix: str) -> None:
        self._store, self._bucket, self._prefix = store, bucket, prefix

    def read(self, key: str) -> bytes | None:
        """As in `Files`."""
        with self._explained(key, "read"):
            held = self._get(key)
        return held.data if held else None

    def write(self, key: str, data: bytes) -> None:
        """As in `Files`."""
        with self._explained(key, "written"):
            self._call("put_object", key, Body=data)

    def swap(self, key: str, old: bytes | None, new: bytes | None) -> bool:
        """As in `Files`, between machines too.

        Raises:
            ArchiveError: transient, when the store tells of a conflict `ATTEMPTS` times and has
                *old* each time.
        """
        if old is None and new is None:
            return self.read(key) is None
        mark = uuid.uuid4().hex
        # The ETag of a plain put is its MD5; where it is another, the first answer is a conflict.
        condition = {"IfNoneMatch": "*"} if old is None else {"IfMatch": f'"{_md5(old)}"'}
        body = GONE if new is None else new
        for attempt in range(ATTEMPTS):
            if attempt > 1:
                time.sleep(PAUSE_S * (attempt - 1))
            with self._explained(key, "written"):
                if self._put(key, body, condition, mark):
                    return True
                held = self._get(key)
            if held and held.mark == mark:
                return True
            if (held.data if held else None) != old:
                return False
            if held is None:
                condition = {"IfNoneMatch": "*"}
            elif held.etag:
                condition = {"IfMatch": held.etag}
        raise ArchiveError(
            f"{self.address(key)}: cannot be written: the store told of a conflict {ATTEMPTS} "
            f"times though nobody else wrote; try again, {ELSEWHERE}",
            transient=True,
        )

    def delete(self, key: str) -> None:
        """As in `Files`."""
        with self._explained(key, "deleted"):
            self._call("delete_object", key)

    def names(self, key: str) -> tuple[str, ...]:
        """As in `Files`; a name that `swap` deleted is still among them."""
        folder = self._folder(key)
        found: list[str] = []
        with self._explained(key, "listed"):
            for page in self._pages(folder, Delimiter="/"):
                found += (entry["Key"] for entry in page.get("Contents", ()))
                found += (entry["Prefix"] for entry in page.get("CommonPrefixes", ()))
        names = {name.removeprefix(folder).rstrip("/") for name in found}
        return tuple(sorted(name for name in names if name and not name.startswith(".")))

    def entries(self, key: str) -> Iterator[Entry]:
        """As in `Files`."""
        root, folder = self._folder(""), self._folder(key)
        with self._explained(key, "listed"):
            for page in self._pages(folder):
                for entry in page.get("Contents", ()):
                    modified = entry["LastModified"].astimezone(UTC)
                    yield Entry(entry["Key"].removeprefix(root), entry["Size"], modified)

    def drop_folder(self, key: str) -> None:
        """As in `Files`: a bucket has no folders."""

    def address(self, key: str) -> str:
        """As in `Files`."""
        return f"s3://{self._bucket}/{self._key(key)}".rstrip("/")

    def _key(self, key: str) -> str:
        return f"{self._prefix}/{key}" if self._prefix else key

    def _folder(self, key: str) -> str:
        path = self._key(key).rstrip("/")
        return f"{path}/" if path else ""

    def _call(self, method: str, key: str, **given: Any) -> Any:
        return self._store.call_s3(method, Bucket=self._bucket, Key=self._key(key), **given)

    def _get(self, key: str) -> _Held | None:
        try:
            answer = self._call("get_object", key)
        except FileNotFoundError as exc:
            if _code(exc) == "NoSuchBucket":
                raise
            return None
        data = sync(self._store.loop, answer["Body"].read)  # type: ignore[no-untyped-call]
        mark = answer.get("Metadata", {}).get(_MARK, "")
        deleted = bool(mark) and data == GONE
        return _Held(None if deleted else data, answer.get("ETag", ""), mark)

    def _put(self, key: str, data: bytes, condition: dict[str, str], mark: str) -> bool:
        try:
            self._call("put_object", key, Body=data, Metadata={_MARK: mark}, **condition)
        except OSError as exc:
            if _code(exc) in _CONFLICTS:
                return False
            raise
        return True

    def _pages(self, folder: str, **given: Any) -> Iterator[Any]:
        token: dict[str, str] = {}
        while True:
            page = self._store.call_s3(
                "list_objects_v2", Bucket=self._bucket, Prefix=folder, **given, **token
            )
            yield page
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    @contextmanager
    def _explained(self, key: str, verb: str) -> Iterator[None]:
        """Turns what the store or the way to it says into an ArchiveError with a remedy."""
        try:
            yield
        except (OSError, BotoCoreError, ClientError) as exc:
            code = _code(exc) or type(exc).__name__
            words = str(exc).rpartition("] ")[2] or code
            passing = code in _PASSING or isinstance(exc, _UNREACHED)
            remedy = _REMEDIES.get(code) or ("try again" if passing else "see to it")
            words = words.rstrip(".")
            raise ArchiveError(
                f"{self.address(key)}: cannot be {verb}: {words}; {remedy}, {ELSEWHERE}",
                transient=passing,
            ) from exc


def _code(exc: BaseException) -> str:
    """The store's word for what is wrong; "" when it did not answer."""
    answer = getattr(exc.__cause__, "response", None) or {}
    return str(answer.get("Error", {}).get("Code", ""))


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()

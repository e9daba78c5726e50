"""A store with the S3 API on loopback, in this process: moto, with what it leaves open closed.

moto looks at a condition and puts in two steps, on threads: here one request is served at a time,
as a store promises for one key.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import WSGIRequestHandler, make_server

BUCKET = "newspapers"


class Request(NamedTuple):
    method: str
    path: str
    if_match: str
    if_none_match: str


class Store:
    """The store's address, and what it was asked, in order. *faults* are answered first."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.requests: list[Request] = []
        self.faults: list[Fault] = []

    @property
    def options(self) -> dict[str, str]:
        return {"endpoint_url": self.url, "key": "0123", "secret": "s"}

    def fill(self, names: Iterable[str]) -> None:
        """Empty objects, without a request."""
        backend = s3_backends["123456789012"]["aws"]
        for name in names:
            backend.put_object(BUCKET, name, b"")

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "k",
            "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_DEFAULT_REGION": "us-east-1",
        }


class Fault(NamedTuple):
    """What the next request of *method* meets: an error, in place of its work or after it."""

    method: str
    status: str
    code: str
    after: bool = False


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def open_store() -> Iterator[Store]:
    """A store with an empty bucket, for the block."""
    application = DomainDispatcherApplication(create_backend_app)
    one_at_a_time = threading.Lock()

    def serve(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        with one_at_a_time:
            method = environ["REQUEST_METHOD"]
            conditions = environ.get("HTTP_IF_MATCH", ""), environ.get("HTTP_IF_NONE_MATCH", "")
            store.requests.append(Request(method, environ["PATH_INFO"], *conditions))
            fault = next((fault for fault in store.faults if fault.method == method), None)
            if fault is None:
                return list(application(environ, start))
            store.faults.remove(fault)
            if fault.after:
                list(application(environ, lambda *answer: None))
            start(fault.status, [("Content-Type", "application/xml")])
            return [f"<Error><Code>{fault.code}</Code><Message>as it is</Message></Error>".encode()]

    server = make_server("127.0.0.1", 0, serve, threaded=True, request_handler=_Quiet)
    store = Store(server.port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        from s3fs import S3FileSystem  # type: ignore[import-untyped]

        S3FileSystem(**store.options).call_s3("create_bucket", Bucket=BUCKET)
        store.requests.clear()
        yield store
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

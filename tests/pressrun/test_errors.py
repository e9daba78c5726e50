"""The exception tree is as drawn, and survives the way between processes."""

import concurrent.futures
import copy
import inspect
import multiprocessing
import pickle
import re

import pytest

from pressrun import errors
from pressrun.errors import (
    BadAnswer,
    EditionBusy,
    EmptyPage,
    EngineBusy,
    EngineError,
    EngineUnavailable,
    FetchError,
    FetchTimeout,
    HttpStatus,
    PressrunError,
    SettingsError,
    WorkerDied,
)


def classes() -> dict[str, type[PressrunError]]:
    return {
        name: kind
        for name, kind in vars(errors).items()
        if inspect.isclass(kind) and issubclass(kind, PressrunError)
    }


def drawn() -> dict[str, str]:
    """Name -> parent's name, as the module's docstring draws the tree."""
    parents: dict[str, str] = {}
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"    (?P<branch>[│├└─ ]*)(?P<name>[A-Z]\w+)", line)
        if found:
            depth = len(found["branch"]) // 4
            above[depth] = found["name"]
            parents[found["name"]] = above[depth - 1] if depth else "Exception"
    return parents


def raise_in_a_worker(status: int) -> None:
    raise HttpStatus(f"http://x/: HTTP {status}", status=status, retry_after_s=7.5)


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert drawn() == {name: kind.__bases__[0].__name__ for name, kind in classes().items()}


@pytest.mark.parametrize("kind", classes().values())
def test_every_class_says_what_it_means(kind: type[PressrunError]) -> None:
    assert (kind.__doc__ or "").endswith(".")


@pytest.mark.parametrize(
    "error",
    [
        SettingsError("plain"),
        FetchError("flagged", transient=True),
        FetchError("with a time", transient=True, retry_after_s=12.5),
        EngineUnavailable("unlike its class", transient=False),
        BadAnswer("like its class"),
        HttpStatus("HTTP 429", status=429, retry_after_s=3.0),
        HttpStatus("HTTP 404", status=404),
    ],
    ids=str,
)
def test_a_pickled_error_keeps_its_class_its_message_and_its_flags(error: PressrunError) -> None:
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert again.args == error.args
        assert again.transient is error.transient
        assert vars(again) == vars(error)


def test_an_error_of_a_worker_process_arrives_as_it_was_raised() -> None:
    spawn = multiprocessing.get_context("spawn")
    with (
        concurrent.futures.ProcessPoolExecutor(1, mp_context=spawn) as pool,
        pytest.raises(HttpStatus) as caught,
    ):
        pool.submit(raise_in_a_worker, 503).result()
    error = caught.value
    assert (error.status, error.transient, error.retry_after_s) == (503, True, 7.5)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_these_statuses_may_pass(status: int) -> None:
    assert HttpStatus("x", status=status).transient


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 418, 451])
def test_these_do_not(status: int) -> None:
    assert not HttpStatus("x", status=status).transient


def test_only_these_classes_are_transient_by_nature() -> None:
    assert {kind for kind in classes().values() if kind.transient} == {
        EmptyPage,
        FetchTimeout,
        EngineBusy,
        EngineUnavailable,
        BadAnswer,
        WorkerDied,
        EditionBusy,
    }


def test_the_flag_of_an_instance_does_not_change_its_class() -> None:
    assert EngineError("once", transient=True).transient
    assert not EngineError("next").transient

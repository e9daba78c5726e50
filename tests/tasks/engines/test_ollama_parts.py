"""The pure parts of the engine `ollama`: addresses, names, descriptions, checks."""

import subprocess
import sys
from typing import Any

import ollama
import pytest
from pydantic import HttpUrl

from pressrun.models import Prompt
from settings import OllamaSettings
from tasks.engines.address import from_typed, is_loopback, shown
from tasks.engines.checks import was_cut
from tasks.engines.described import context_length, describe
from tasks.engines.names import nearest, same_model


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("gpu", "http://gpu:11434"),
        ("gpu:8080", "http://gpu:8080"),
        ("192.168.1.5", "http://192.168.1.5:11434"),
        ("gpu/ollama", "http://gpu:11434/ollama"),
        ("[::1]", "http://[::1]:11434"),
        (" https://llm.example ", "https://llm.example"),
    ],
)
def test_a_host_may_be_typed_as_ollama_takes_it(typed: str, url: str) -> None:
    assert from_typed(typed) == url


def test_an_address_is_shown_with_its_port_and_without_a_password() -> None:
    assert shown(HttpUrl("https://me:secret@llm.example/api/")) == "https://llm.example:443/api"


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:11434", True),
        ("http://127.9.9.9", True),
        ("http://localhost:1", True),
        ("http://LOCALHOST.:1", True),
        ("http://ollama.localhost", True),
        ("http://[::1]:11434", True),
        ("http://0.0.0.0:11434", True),
        ("http://192.168.1.5", False),
        ("http://localhost.example.com", False),
        ("http://mylocalhost", False),
    ],
)
def test_loopback_is_told_from_other_hosts(url: str, local: bool) -> None:
    assert is_loopback(HttpUrl(url)) is local


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("qwen3", "qwen3:latest", True),
        ("Qwen3:4B", "qwen3:4b", True),
        ("library/qwen3", "registry.ollama.ai/library/qwen3:latest", True),
        ("hub.test:443/x/y", "hub.test:443/x/y:latest", True),
        ("qwen3", "qwen3:4b", False),
        ("me/qwen3", "qwen3", False),
    ],
)
def test_a_name_without_a_tag_means_latest(one: str, other: str, same: bool) -> None:
    assert same_model(one, other) is same


def test_the_nearest_models_are_those_of_the_family_then_those_spelt_alike() -> None:
    there = ["mistral:7b", "qwen2:4b", "qwen3:0.6b", "qwen3:30b-a3b-instruct", "mistral:7b"]
    assert nearest("qwen3:4b", there) == [
        "qwen3:0.6b",
        "qwen3:30b-a3b-instruct",
        "qwen2:4b",
        "mistral:7b",
    ]


@pytest.mark.parametrize(
    ("info", "length"),
    [
        ({"general.architecture": "g", "v.context_length": 7, "g.context_length": 9}, 9),
        ({"llama.context_length": 4096}, 4096),
        ({"general.architecture": "g", "g.context_length": "many"}, None),
        ({"general.architecture": None, "g.context_length": 0}, None),
        ({}, None),
    ],
)
def test_the_context_is_that_of_the_architecture(info: dict[str, Any], length: int | None) -> None:
    assert context_length(info) == length


def test_a_model_that_the_server_does_not_list_keeps_its_name_and_has_no_digest() -> None:
    shown_ = ollama.ShowResponse(model_info={})
    settings = OllamaSettings(model="me/mine")
    identity = describe(settings, [], shown_, engine="ollama", note="").identity
    assert (identity.model, identity.digest) == ("me/mine", "")


LONG = Prompt(system="规则" * 50, user="雨" * 3000)


@pytest.mark.parametrize(
    ("prompt", "prompt_tokens", "output_tokens", "cut"),
    [
        (LONG, 2050, 60, True),  # keeps 4 tokens and half of the rest
        (LONG, 4096, 1, True),  # older releases fill the context
        (LONG, 4095, 1, True),
        (LONG, 2100, 60, False),
        (LONG, 4000, 95, False),
        (LONG, 0, 0, False),  # older releases do not count a prompt they remember
        (Prompt(user="rain " * 700), 2050, 60, False),  # too few bytes to exceed
    ],
)
def test_a_cut_prompt_is_known_by_its_counts(
    prompt: Prompt, prompt_tokens: int, output_tokens: int, cut: bool
) -> None:
    assert was_cut(prompt, prompt_tokens, output_tokens, 4096) is cut


def test_engines_are_imported_without_prefect() -> None:
    code = (
        "import sys, tasks.engines.ollama, tasks.engines.choose; "
        "print(sorted({'prefect', 'xllamacpp'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

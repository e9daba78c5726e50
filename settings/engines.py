"""How articles are summarised: by which engine, and how often a request is tried."""

from typing import Literal

from pydantic import Field, HttpUrl

from settings.tables import Group, Plugins


class SummariseSettings(Group):
    """How articles are summarised, whichever the engine."""

    attempts: int = Field(3, ge=1, le=10, description="Attempts at a request that fails.")
    retry_delay_s: float = Field(
        1.0, ge=0, le=60, description="Wait before the second attempt; doubles for each after it."
    )


class OllamaSettings(Group):
    """The engine `ollama`."""

    host: HttpUrl = Field(HttpUrl("http://127.0.0.1:11434"), description="Where Ollama listens.")
    hosts: tuple[HttpUrl, ...] = Field(
        (),
        description="Several hosts that share the work, in place of `host`: those count that have "
        "the very same model as the first of them that answers.",
    )
    model: str = Field("qwen3:4b", min_length=1, description="The model's name in Ollama.")
    concurrency: int = Field(
        0,
        ge=0,
        le=64,
        description="Requests under way at once at a host; 0: as many as it has slots, found out "
        "from how long requests wait there.",
    )
    shared_limit: bool = Field(
        False,
        description="Whether a host's slots are counted for all workers together, by a Prefect "
        "limit that `pressrun limits set` makes; besides `concurrency`, which is each run's own.",
    )
    num_ctx: int = Field(
        8192,
        ge=1024,
        le=1_048_576,
        description="Context in tokens, one value for a whole run: another value makes Ollama "
        "load the model again.",
    )
    num_predict: int = Field(512, ge=64, le=8192, description="Longest answer in tokens.")
    temperature: float = Field(0.2, ge=0, le=2, description="0 gives the most likely words.")
    seed: int = Field(7, description="Seed of the sampling: the same answer for the same request.")
    keep_alive: str = Field("30m", description="How long Ollama keeps the model after a request.")
    attempts: int = Field(
        4,
        ge=1,
        le=10,
        description="Attempts at one request, at any host, where a host fails or is busy.",
    )
    connect_timeout_s: float = Field(5, gt=0, le=120, description="Time limit of a connection.")
    load_timeout_s: float = Field(
        300, gt=0, le=3600, description="Time limit of loading the model."
    )
    first_token_timeout_s: float = Field(
        120,
        gt=0,
        le=3600,
        description="Longest wait for a loaded model's first token, while the host gives no sign "
        "of life on other requests either: queueing does not count.",
    )
    silence_timeout_s: float = Field(
        30,
        gt=0,
        le=3600,
        description="Longest silence between two tokens, and of a host as a whole.",
    )
    way: Literal["written", "selected"] = Field(
        "written", description="Whether the model writes, or may only choose sentences."
    )


class EmbeddedSettings(Group):
    """The engine `embedded`: a model in a child process of Pressrun."""

    gguf: str = Field(
        "", description="Path of a GGUF file of your own; empty: the model that the extra brings."
    )
    threads: int = Field(1, ge=1, le=256, description="Threads of the model.")
    concurrency: int = Field(1, ge=1, le=16, description="Slots of the model: requests at once.")
    num_ctx: int = Field(4096, ge=1024, le=131_072, description="Context of a slot in tokens.")
    start_timeout_s: float = Field(
        120, gt=0, le=1800, description="Time limit of unpacking and loading the model."
    )
    answer_timeout_s: float = Field(
        180, gt=0, le=3600, description="Longest wait for the first token of an answer."
    )
    cache_dir: str = Field(
        "", description="Where the model is unpacked; empty: the user's cache folder."
    )
    way: Literal["written", "selected"] = Field(
        "selected", description="Whether the model writes, or may only choose sentences."
    )


class Engines(Plugins):
    """`[engines.NAME]`: options of engines."""

    ollama: OllamaSettings = OllamaSettings()
    embedded: EmbeddedSettings = EmbeddedSettings()

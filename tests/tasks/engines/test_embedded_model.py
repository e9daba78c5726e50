import struct
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pressrun.errors import EngineUnavailable
from settings import EmbeddedSettings
from tasks.engines.embedded import describe, embedded_engine, installed, serving
from tasks.engines.embedded.gguf import read_metadata
from tasks.engines.embedded.model import (
    SHA256,
    SIZE_BYTES,
    ModelFile,
    cache_folder,
    prepare,
    unpack,
)


def text(value: str) -> bytes:
    data = value.encode()
    return struct.pack("<Q", len(data)) + data


def gguf(*pairs: bytes, version: int = 3, claimed: int | None = None) -> bytes:
    count = len(pairs) if claimed is None else claimed
    return b"GGUF" + struct.pack("<IQQ", version, 0, count) + b"".join(pairs)


NAME = text("general.name") + struct.pack("<I", 8) + text("模型")
WORDS = text("words") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("bc")
SCORES = text("scores") + struct.pack("<IIQ", 9, 6, 3) + struct.pack("<fff", 1, 2, 3)
LAYERS = text("layers") + struct.pack("<II", 4, 18)


def test_metadata_has_texts_and_numbers_and_skips_arrays(tmp_path: Path) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(gguf(NAME, WORDS, SCORES, LAYERS))
    assert read_metadata(path) == {"general.name": "模型", "layers": 18}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "does not begin"),
        (b"PK\x03\x04", "does not begin"),
        (b"GGUF", "ends early"),
        (gguf(NAME, version=1), "version is 1"),
        (gguf(NAME, claimed=2), "ends early"),
        (gguf(claimed=2**60), "metadata pairs"),
        (gguf(struct.pack("<Q", 2**60)), "a text of"),
        (gguf(text("k") + struct.pack("<I", 99)), "type 99"),
        (gguf(text("k") + struct.pack("<IIQ", 9, 8, 2**60)), "ends early"),
        (gguf(text("k") + struct.pack("<IIQ", 9, 6, 2**60)), "a value of"),
        (gguf(text("k") + struct.pack("<IIQ", 9, 9, 1)), "type 9"),
    ],
)
def test_a_damaged_file_is_named_with_the_reason(tmp_path: Path, data: bytes, why: str) -> None:
    path = tmp_path / "m.gguf"
    path.write_bytes(data)
    with pytest.raises(EngineUnavailable, match=f"m.gguf: not a usable GGUF file: .*{why}"):
        read_metadata(path)


async def test_a_missing_file_is_an_error_with_the_remedy_before_anything_starts() -> None:
    with pytest.raises(EngineUnavailable, match=r"/nowhere/m\.gguf.*EMBEDDED__GGUF") as raised:
        async with serving(EmbeddedSettings(gguf="/nowhere/m.gguf")):
            pass
    assert not raised.value.transient


async def test_without_the_extra_the_error_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find_spec: Callable[[str], object] = lambda name: None  # noqa: E731
    monkeypatch.setattr("tasks.engines.embedded.model.find_spec", find_spec)
    assert not installed()
    with pytest.raises(EngineUnavailable, match=r"pip install 'pressrun\[embedded\]'"):
        async with embedded_engine():
            pass


def test_only_a_template_in_the_file_counts_as_one() -> None:
    plain = ModelFile("m", Path("m"), 1, "")
    assert not plain.has_template
    key = "tokenizer.chat_template"
    assert ModelFile("m", Path("m"), 1, "", metadata={key: "{{ messages }}"}).has_template


@pytest.mark.parametrize(
    ("named", "folder"),
    [
        ("/c", "/c/pressrun"),
        ("not/absolute", "/home/u/.cache/pressrun"),
        ("", "/home/u/.cache/pressrun"),
    ],
)
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has another folder")
def test_the_cache_is_the_users(monkeypatch: pytest.MonkeyPatch, named: str, folder: str) -> None:
    monkeypatch.setenv("HOME", "/home/u")
    monkeypatch.setenv("XDG_CACHE_HOME", named)
    assert cache_folder() == Path(folder)
    assert cache_folder("/elsewhere") == Path("/elsewhere")


def test_a_folder_that_cannot_be_made_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EngineUnavailable, match="EMBEDDED__CACHE_DIR"):
        unpack(tmp_path / "file" / "folder")


def test_importing_the_engine_loads_neither_llama_cpp_nor_the_client() -> None:
    program = """if True:
        import sys
        import tasks.engines.embedded as embedded
        assert embedded.installed() in (True, False) and embedded.describe().bytes
        print([name for name in ("xllamacpp", "ollama", "aiohttp") if name in sys.modules])
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.model
def test_the_notice_gives_size_licence_and_its_text() -> None:
    model = describe()
    assert model.bytes == 253_113_024
    assert model.licence == "Gemma Terms of Use"
    assert model.terms is not None
    assert "Gemma Terms of Use" in model.terms.read_text()


@pytest.mark.model
def test_two_who_unpack_at_once_get_one_whole_file_and_damage_is_mended(tmp_path: Path) -> None:
    settings = EmbeddedSettings(cache_dir=str(tmp_path))
    try:
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(prepare, [settings, settings])
        assert first == second
        assert (first.bytes, first.sha256, first.has_template) == (SIZE_BYTES, SHA256, False)
        before = first.path.stat()
        assert unpack(tmp_path).stat().st_mtime_ns == before.st_mtime_ns
        with first.path.open("r+b") as stream:
            stream.truncate(1000)
        own = prepare(EmbeddedSettings(gguf=str(unpack(tmp_path))))
        assert (own.bytes, own.sha256) == (SIZE_BYTES, SHA256)
        assert not list(tmp_path.glob("*.part"))
    finally:
        for file in tmp_path.iterdir():
            file.unlink()  # a quarter of a gigabyte, which pytest would keep

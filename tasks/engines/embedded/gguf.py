"""Reads the metadata of a GGUF file: what llama.cpp's Python binding does not tell.

The format is little-endian: a header, then key-value pairs, then tensors. Source: docs/gguf.md of
the ggml project, versions 2 and 3.
"""

import struct
from pathlib import Path
from typing import Any, BinaryIO

from pressrun.errors import EngineUnavailable

MAGIC = b"GGUF"
_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q",
    12: "<d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9
_MAX_PAIRS = 65_536
_MAX_TEXT = 16 * 1024 * 1024


class _FormatError(Exception):
    """The file ends early, or says something impossible."""


def read_metadata(path: Path) -> dict[str, Any]:
    """The scalar and text values of the file's metadata; arrays are skipped.

    Raises:
        EngineUnavailable: the file cannot be read or is no GGUF file.
    """
    try:
        with path.open("rb") as stream:
            if stream.read(4) != MAGIC:
                raise _FormatError("it does not begin with the letters GGUF")
            return _pairs(stream)
    except _FormatError as exc:
        raise EngineUnavailable(
            f"{path}: not a usable GGUF file: {exc}; name another in "
            "PRESSRUN_ENGINES__EMBEDDED__GGUF",
            transient=False,
        ) from exc
    except OSError as exc:
        raise EngineUnavailable(
            f"{path}: the model cannot be read: {exc.strerror or exc}; correct "
            "PRESSRUN_ENGINES__EMBEDDED__GGUF, or leave it empty for the model of the extra",
            transient=False,
        ) from exc


def _pairs(stream: BinaryIO) -> dict[str, Any]:
    version, pairs = _number(stream, "<I"), _number(stream, "<8xQ")
    if version not in {2, 3}:
        raise _FormatError(f"its version is {version}; 2 and 3 are known")
    if pairs > _MAX_PAIRS:
        raise _FormatError(f"it claims {pairs} metadata pairs")
    found: dict[str, Any] = {}
    for _ in range(pairs):
        key = _text(stream)
        kind = _number(stream, "<I")
        if kind == _STRING:
            found[key] = _text(stream)
        elif kind == _ARRAY:
            _skip_array(stream)
        else:
            found[key] = _number(stream, _scalar(kind))
    return found


def _skip_array(stream: BinaryIO) -> None:
    kind, count = _number(stream, "<I"), _number(stream, "<Q")
    if kind == _STRING:
        for _ in range(count):  # ends with the file at the latest
            _skip(stream, _number(stream, "<Q"))
    else:
        _skip(stream, count * struct.calcsize(_scalar(kind)))


def _skip(stream: BinaryIO, size: int) -> None:
    # Seeking past the end is no error by itself: bound it, and let the next read find the end.
    if size > 1 << 40:
        raise _FormatError(f"it claims a value of {size} bytes")
    stream.seek(size, 1)


def _scalar(kind: int) -> str:
    try:
        return _SCALARS[kind]
    except KeyError:
        raise _FormatError(f"value type {kind} is not known") from None


def _number(stream: BinaryIO, form: str) -> Any:
    size = struct.calcsize(form)
    data = stream.read(size)
    if len(data) < size:
        raise _FormatError("it ends early")
    return struct.unpack(form, data)[0]


def _text(stream: BinaryIO) -> str:
    size = _number(stream, "<Q")
    if size > _MAX_TEXT:
        raise _FormatError(f"it claims a text of {size} bytes")
    data = stream.read(size)
    if len(data) < size:
        raise _FormatError("it ends early")
    return data.decode("utf-8", "replace")

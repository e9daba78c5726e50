"""What is said to a model: prompt files, a paper's own in their place, the article made harmless.

A prompt file is `NAME.LANGUAGE.txt`. Where it has a line of three hyphens, the unchanging part
before it is the system message, so that an engine can keep it from story to story.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from pressrun.errors import SettingsError
from pressrun.models import Finding, Prompt

LANGUAGES = ("zh", "en")

PLACES = {
    "written": ("article", "schema", "categories", "target", "words"),
    "whole": ("article", "target", "words"),
    "plain": ("article", "target", "words"),
    "part": ("article", "target", "words"),
    "selected": ("article", "title"),
    "chosen": ("article", "title", "categories"),
    "correct": ("fault", "schema"),
    "again": ("findings", "target", "words"),
    "findings": ("text", "target"),
}
"""The prompt files, and what each may have in braces; {article} it must have if it may."""

OVERVIEW_PLACES = {
    "overview": ("summaries", "headlines", "fewest", "most", "target", "words"),
    "overview_again": ("findings", "told", "count", "target", "words"),
    "overview_findings": ("text", "target"),
}
"""Those of overviews, likewise; {summaries} is what must be there."""

DIVIDED = ("written", "plain", "part", "chosen", "overview")
"""Those that must have the line of three hyphens: instructions before it, the texts after it."""

READERS_PLACES = {"readers": ("readers",)}
"""What is said of the readers of a paper that tells of them."""

OVERVIEW_READERS_PLACES = {"overview_readers": ("readers",)}
"""The same, where an overview is asked for."""

_ALL_PLACES = {**PLACES, **OVERVIEW_PLACES, **READERS_PLACES, **OVERVIEW_READERS_PLACES}
_TEXTS = ("article", "summaries")
"""What a prompt is about."""
_GIVEN = {*_TEXTS, "title", "headlines"}
"""What differs from prompt to prompt."""

_TITLE_CHARS = 120
_DIVIDER = "\n---\n"
_CONTROL_WORD = re.compile(r"\[(/?(?:[A-Z_]{3,24}|g?MASK))\]")
_UNSEEN = {"Cc", "Cf", "Co", "Cs"}


class _Seen(dict[int, int | None]):
    """Each character as it is, None for those that no reader sees; known once they were met."""

    def __missing__(self, code: int) -> int | None:
        char = chr(code)
        gone = char not in "\n\t\u200d" and unicodedata.category(char) in _UNSEEN
        kept = self[code] = None if gone else code
        return kept


_SEEN = _Seen()


class Wording(NamedTuple):
    """The prompt files of a paper: the shipped ones, and *own* ones by `NAME.LANGUAGE`."""

    own: Mapping[str, str] = {}

    def text(self, name: str, language: str) -> str:
        """Prompt file *name* for *language*; for a language without one, the English file."""
        full = f"{name}.{language if language in LANGUAGES else 'en'}"
        return self.own.get(full) or _shipped(full)

    def prompt(self, name: str, language: str, **words: object) -> Prompt:
        """The messages of prompt file *name*; what is harmful in *words* is the caller's care."""
        system, divider, user = self.text(name, language).rpartition(_DIVIDER)
        return Prompt(
            system=system.strip().format(**words) if divider else "",
            user=user.strip().format(**words),
        )

    def for_readers(self, prompt: Prompt, readers: str, language: str, name: str) -> Prompt:
        """*prompt*, in *language*, with what prompt file *name* says of *readers*, if any are."""
        if not readers:
            return prompt
        said = self.prompt(name, language, readers=harmless(readers)).user
        return prompt.model_copy(update={"system": f"{prompt.system}\n\n{said}"})

    def findings(
        self, found: Iterable[Finding], language: str, *, target: int, name: str = "findings"
    ) -> str:
        """*found* in words for the model, one a line; those without words of their own are left."""
        forms = dict(
            line.split(" = ", 1) for line in self.text(name, language).splitlines() if " = " in line
        )
        lines = (
            forms[finding.kind].format(text=harmless(finding.text[:80]), target=target)
            for finding in found
            if finding.kind in forms
        )
        return "\n".join(f"- {line}" for line in dict.fromkeys(lines))

    def sha256(self, names: Iterable[str], languages: Iterable[str], *more: object) -> str:
        """Identifies the wording of the prompt files *names* in *languages*, and *more*."""
        texts = [self.text(name, language) for name in names for language in languages]
        return hashlib.sha256(json.dumps([texts, *more], ensure_ascii=False).encode()).hexdigest()


def load_wording(folder: str) -> Wording:
    """The wording of a paper whose own prompt files lie in *folder*; the shipped one for "".

    Raises:
        SettingsError: the folder or a file cannot be read, has an unknown name, or does not have
            the right places in braces.
    """
    if not folder:
        return Wording()
    known = [f"{name}.{language}" for name in _ALL_PLACES for language in LANGUAGES]
    own: dict[str, str] = {}
    try:
        found = sorted(Path(folder).expanduser().glob("*.txt"))
        if not found:
            raise SettingsError(
                f"prompts: {folder} has no prompt file; put in one or more of {', '.join(known)}, "
                "each with .txt"
            )
        for path in found:
            if path.stem not in known:
                raise SettingsError(
                    f"prompts: {path} is no prompt file; the names are {', '.join(known)}"
                )
            own[path.stem] = path.read_text("utf-8-sig")
            _check(str(path), path.stem.partition(".")[0], own[path.stem])
    except (OSError, UnicodeDecodeError, RuntimeError) as exc:  # the last: no such home directory
        raise SettingsError(f"prompts: {folder} cannot be read: {exc}") from exc
    return Wording(own)


def harmless(text: str) -> str:
    """*text* without anything a model's template could take for a mark of its own.

    Angle brackets make the tags, ours and the chat templates' (`<|im_end|>`); words such as [INST]
    are Mistral's. Both become look-alikes. The words between stay, as words. Characters that no
    reader sees go: words can be written in them too (tags, U+E0000 to U+E007F).
    """
    text = text.translate(_SEEN).replace("<", "‹").replace(">", "›")
    return _CONTROL_WORD.sub(r"［\1］", text)


def one_line(title: str) -> str:
    """*title*, harmless and of bounded length."""
    return harmless(" ".join(title.split())[:_TITLE_CHARS])


@cache
def _shipped(full: str) -> str:
    return files("tasks.summaries").joinpath("prompts", f"{full}.txt").read_text("utf-8")


def _check(path: str, name: str, text: str) -> None:
    places = _ALL_PLACES[name]
    try:
        used = set(_places_in(text))
    except ValueError as exc:
        raise SettingsError(f"prompts: {path}: {exc}; write {{{{ and }}}} for braces") from exc
    shown = ", ".join(f"{{{place}}}" for place in places)
    if unknown := used - set(places):
        raise SettingsError(
            f"prompts: {path}: nothing fills {{{sorted(unknown)[0]}}}; it may have {shown}; write "
            "{{ and }} for braces"
        )
    subject = next((one for one in _TEXTS if one in places), "")
    if subject and subject not in used:
        raise SettingsError(f"prompts: {path}: it lacks {{{subject}}}, where the text goes")
    system, divider, _ = text.rpartition(_DIVIDER)
    if name in DIVIDED and not (system.strip() and divider):
        raise SettingsError(
            f"prompts: {path}: it lacks the line --- between the instructions and {{{subject}}}"
        )
    if misplaced := sorted(_GIVEN & set(_places_in(system))):
        raise SettingsError(
            f"prompts: {path}: {{{misplaced[0]}}} stands after the line ---: what is before it is "
            "the same whatever is asked about"
        )


def _places_in(text: str) -> Iterator[str]:
    """What stands in braces, forms of formatting (which nothing here has) included."""
    for _, name, form, conversion in Formatter().parse(text):
        if name is not None:
            yield name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")

"""Marks that a model's answer carries and a reader must not see: reasoning, turns, HTML, Markdown.

Each rule needs the form of a mark, not just its characters: "C#", "5 * 3", "a < b" stay. Every
repetition is bounded or cannot overlap itself, so that no answer takes more than linear time.
"""

import html
import re
import unicodedata

_THOUGHT = r"think|thinking|thoughts?|reasoning|reflection|analysis"
# <think> is DeepSeek's and Qwen's, [THINK] Magistral's, ◁think▷ Kimi's. An opening mark without
# its closing one takes all that follows; a closing one alone (the template opened it) all before.
_THINK = rf"(?:<\s?(?i:{_THOUGHT})\s?>|\[THINK\]|◁think▷)"
_THINK_END = rf"(?:<\s?/\s?(?i:{_THOUGHT})\s?>|\[/THINK\]|◁/think▷)"
_REASONING = (
    (re.compile(r"\A.*<\|channel\|>\s?final\b(?:\s?<\|[^|<>]{1,30}\|>)?", re.S), ""),
    (re.compile(r"<\|channel\|>.*", re.S), ""),
    (re.compile(rf"{_THINK}.*?(?:{_THINK_END}|\Z)", re.S), ""),
    (re.compile(rf"\A.*{_THINK_END}", re.S), ""),
    # As `ollama run` prints it.
    (re.compile(r"\A\s*thinking(?:\.{3}|…)\s.*?(?:done thinking\.?|\Z)", re.S | re.I), ""),
    (re.compile(r"\A\s*thinking process\s*[:：].*", re.S | re.I), ""),
)
_TURN = re.compile(
    r"(?:<[|｜][^|｜<>\n]{1,40}[|｜]>|</?s>|<(?:bos|eos|pad|unk|(?:start|end)_of_turn)>|"
    r"\[/?INST\]|<</?SYS>>)(?:\s?(?:assistant|model|user|system)(?:\n|(?=<)|\Z))?"
)

_TAG_NAMES = (
    "a|abbr|address|answer|article|aside|b|big|blockquote|body|br|center|cite|code|dd|del|details|"
    "div|dl|dt|em|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|"
    "ins|kbd|label|li|link|main|mark|meta|nav|object|ol|output|p|pre|q|response|result|s|section|"
    "small|span|strike|strong|sub|summary|sup|svg|table|tbody|td|text|th|thead|title|tr|u|ul|video"
)
_HTML = (
    (re.compile(r"<(script|style)\b[^<>]*>.*?(?:</\1\s?>|\Z)", re.S | re.I), " "),
    (re.compile(r"<!--.*?(?:-->|\Z)", re.S), " "),
    (re.compile(r"</?(?:p|br|div|li|h[1-6]|tr|ul|ol|section|article)\b[^<>]*>", re.I), "\n"),
    (re.compile(rf"</?(?:{_TAG_NAMES})(?:\s[^<>]*)?/?>", re.I), ""),
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,24});")

_MARKDOWN = (
    (re.compile(r"^ ?(?:`{3,}|~{3,})[\w+-]{0,20} ?$", re.M), ""),
    (re.compile(r"^ ?(?:(?:[-*_] ?){3,}|={3,})$", re.M), ""),
    (re.compile(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,300})\]\((?:https?:|/|#|www\.)[^)\n]{0,2000}\)"), r"\1"),
    (re.compile(r"^ ?#{1,6} (.+?)(?: #{1,6})? ?$", re.M), r"\1"),
    (re.compile(r"^ ?> ?", re.M), ""),
    (re.compile(r"\*\*(?=\S)([^*\n]+)(?<=\S)\*\*"), r"\1"),
    (re.compile(r"(?<!\w)__(?=\S)([^_\n]+)(?<=\S)__(?!\w)"), r"\1"),
    (re.compile(r"(?<![0-9A-Za-z*])\*(?=[^\s*])([^*\n]+)(?<=\S)\*(?![0-9A-Za-z*])"), r"\1"),
    (re.compile(r"~~(?=\S)([^~\n]+)(?<=\S)~~"), r"\1"),
    (re.compile(r"(?<!`)`{1,3}([^`\n]+)`{1,3}"), r"\1"),
    (re.compile(r"\*\*|`{3}"), ""),
)


def plain_characters(text: str) -> str:
    r"""*text* in NFC without control, direction and private characters; blank lines go.

    Line breaks become "\n", a run of other white space one space.
    """
    text = re.sub(r"[\r\v\f\x85\u2028\u2029]", "\n", unicodedata.normalize("NFC", text))
    kept = (
        char
        for char in text
        # ZWJ holds emoji together, and draws nothing.
        if char in "\n\t\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Co", "Cs"}
    )
    lines = (" ".join(line.split()) for line in "".join(kept).split("\n"))
    return unicodedata.normalize("NFC", "\n".join(line for line in lines if line))


def without_marks(text: str) -> str:
    """*text* without reasoning, chat-template marks, HTML and Markdown."""
    text = _replaced(plain_characters(text), _REASONING)
    # What follows the end of the first turn is another speaker's.
    text = next((turn for turn in _TURN.split(text) if turn.strip()), "")
    text = _ENTITY.sub(lambda found: html.unescape(found.group()), text)
    return plain_characters(_replaced(_replaced(text, _HTML), _MARKDOWN))


def _replaced(text: str, rules: tuple[tuple[re.Pattern[str], str], ...]) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text

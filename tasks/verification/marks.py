"""Marks that a reader of a summary must not see: Markdown, HTML, templates, control characters."""

import re

_ITEM = r"[ \t]{0,3}(?:\d{1,2}[.)、．]|[（(]\d{1,2}[)）])[ \t]?"
_FORMS = (
    ("a heading", r"^[ \t]{0,3}#{1,6}[ \t]?\S"),
    ("a bullet", r"^[ \t]{0,3}[-*•·●▪+][ \t]+\S"),
    ("a list", rf"^{_ITEM}\D[^\n]{{0,2000}}\n{_ITEM}"),
    ("bold type", r"\*\*|~~|(?<!\w)__(?=\S)[^_\n]{1,200}__(?!\w)"),
    ("slanted type", r"(?<![\w*])\*(?=[^\s*])[^*\n]{1,200}(?<=\S)\*(?![\w*])"),
    ("code", r"`"),
    ("a link", r"\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}\)"),
    ("a table", r"^[ \t]{0,3}\|[^\n]{0,500}\||\|[ \t]?:?-{2,}"),
    ("a rule", r"^[ \t]{0,3}(?:[-*_=][ \t]?){3,200}$"),
    (
        "HTML",
        r"</?[A-Za-z][\w-]{0,20}(?:\s[\w:-]{1,40}=[^<>]{0,500}|\s?/?)>|<!--|&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|"
        r"nbsp|amp|lt|gt|quot|apos|hellip|[mn]dash|[lr][sd]quo|middot);",
    ),
    (
        "a mark of the chat template",
        r"<[|｜][^|｜<>\n]{1,40}[|｜]>|\[/?INST\]|<</?SYS>>",
    ),
    (
        "a mark of a template",
        r"\{\{|\}\}|\{%|%\}|\$\{|\{[a-z_]{1,20}\}|"
        r"\[(?:name|date|place|city|number|insert[^\]\n]{0,40})\]",
    ),
    ("JSON", r"\A\s{0,9}[{\[]\s{0,9}[\"{]|\"(?:summary|keywords|category|importance|摘要)\"\s?:"),
    ("more than one paragraph", r"[\n\r\v\f\x85\u2028\u2029]"),
    (
        "a control character",
        r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
        r"\ue000-\uf8ff\ufeff\ufff9-\uffff]",
    ),
)
MARKS = tuple((what, re.compile(form, re.M | re.I)) for what, form in _FORMS)
"""What a mark is, and its pattern."""

"""Whether a figure is of a rise or of a fall, by the words before it."""

import re

from tasks.verification.values import Figure

_CLAUSE = re.compile(r"[，。；！？;!?\n]|[,.](?=\s)")
_UP = (
    "上涨|上升|增长|增加|提高|上调|攀升|增幅|涨幅|涨|升至|升高|上浮|扩大|回升|增至"
    r"|\b(?:up|ris(?:e|es|ing|en)|rose|grow(?:s|n|ing|th)?|grew|increas\w+|climb\w*|jump\w*"
    r"|gain\w*|surg\w+|soar\w*|higher|advanc\w+)\b"
)
_DOWN = (
    "下降|下跌|下滑|减少|降低|下调|降幅|跌幅|跌|降至|缩减|萎缩|回落|下浮|缩小|减至|负增长"
    r"|\b(?:down|fall(?:s|en|ing)?|fell|drop\w*|declin\w+|decreas\w+|cuts?|los(?:t|es|ing)|slid\w*"
    r"|slump\w*|tumbl\w*|plung\w+|lower(?:ed)?|shr[aiu]nk\w*|reduc\w+|sank)\b"
)
_TREND = re.compile(f"(?P<down>{_DOWN})|(?P<up>{_UP})", re.IGNORECASE)
_REACH = 40


def trend_of(text: str, figure: Figure) -> str:
    """Whether *figure* is "up" or "down": by the last such word before it in its clause, or ""."""
    clause = _CLAUSE.split(text[max(0, figure.start - _REACH) : figure.start])[-1]
    trends = [found.lastgroup or "" for found in _TREND.finditer(clause)]
    return trends[-1] if trends else ""

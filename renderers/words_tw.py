"""The frame in Chinese, as it is written in Taiwan: that of the mainland, converted."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from opencc import OpenCC

from renderers.words import Words
from renderers.words_zh import ZH

CONVERSION = "s2twp"
"""OpenCC's, with Taiwan's words: 服务器 becomes 伺服器. It suits fixed words that were read over;
for news see `pressrun.archive.frames.CONVERSION`."""

KINDS = {
    "TooManyRedirects": "重新導向次數過多",
    "WorkerDied": "讀取頁面的處理程序中斷",
    "EngineUnavailable": "模型服務沒有回應",
    "PromptTooLong": "原文超出模型可讀的長度",
}
RANKINGS = {
    "clicks": "依點閱數排行",
    "comments": "依留言數排行",
    "shares": "依分享數排行",
    "newest": "最新在前",
    "spread": "全天平均選取，最新在前",
}


def taiwanese() -> Words:
    """The words of the frame, where the mainland's would be odd in Taiwan's own."""
    convert = OpenCC(CONVERSION).convert
    said = {field.name: _converted(getattr(ZH, field.name), convert) for field in fields(ZH)}
    words = Words(**said)
    return replace(
        words,
        tag="zh-Hant-TW",
        converted="稿件由 OpenCC 自簡體轉為正體，用詞未改",
        kinds={**words.kinds, **KINDS},
        rankings=RANKINGS,
    )


def _converted(value: Any, convert: Any) -> Any:
    if isinstance(value, str):
        return convert(value)
    if isinstance(value, tuple):
        return tuple(convert(said) for said in value)
    assert isinstance(value, Mapping)
    return {key: convert(said) for key, said in value.items()}

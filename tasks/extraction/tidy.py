"""Text as extractors leave it -> clean paragraphs, joined by one newline."""

import re
import unicodedata

from lxml import etree
from lxml.html import HtmlElement

_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote br caption center dd div dl dt figcaption figure footer "
        "form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table td th title tr ul",
    )
)
_SILENT = frozenset(re.findall(r"\w+", "script style noscript template svg iframe object button"))

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_WIDE = _HAN + "\u3000-\u303f\uff00-\uffef\u2018-\u201d"
_BREAK_IN_WIDE = re.compile(rf"(?<=[{_WIDE}])[ \t]*\n\s*(?=[{_WIDE}])")
_HAN_CHAR = re.compile(f"[{_HAN}]")
_NO_WORD = re.compile(r"\W+")
_DROPPED = {"Cc", "Cf", "Cs"}

_SENTENCE = re.compile(r"[。！？；!?…]|\.\s|\.$")
_SENTENCE_END = re.compile(r"[。！？”」]$")
_LINE_CHARS = 60
"""Longest line that can be a date, a byline or a button."""
_HEAD_LINES = 12
_META = re.compile(
    r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}"
    r"|^(?:文章)?(?:来\s*源|作\s*者|编\s*辑|记\s*者|发布(?:时间|日期|者)?|时\s*间|日\s*期|字\s*[号体]|分享"
    r"|打印|阅读|浏览|点击|评论|责任编辑|原标题|我要评论|发表评论)(?:$|[\s:：至到(（\d次量数])"
    r"|^[（(]?原标题|^资料(?:图片?|照片)$"
)
_CREDIT = re.compile(
    r"^[【\[(（]?\s*(?:(?:本文|文章|稿件|信息|新闻)?来\s*源|(?:责任|本文|本版|网页|值班)?编\s*辑|责\s*编|校\s*对|审\s*核"
    r"|监\s*制|(?:文章)?关键词|(?:文章)?标签|友情链接|上一[篇页条]|下一[篇页条])\s*[:：]"
)
_DISCLAIMER = re.compile(
    r"^[【\[(（]?(?:免责|特别|版权|郑重)?声明(?:\s*[:：】]|$)|^(?:特别|风险|温馨)提示\s*[:：]|^notice:|^copyright"
    r"|仅代表\S{0,8}观点|不构成\S{0,8}投资建议|信息存储服务|未经\S{0,8}(?:许可|授权)\S{0,6}(?:转载|使用|复制)"
    r"|版权所有|All Rights Reserved|[A-Z]ICP\s*[备证]|许可证编?号\s*[:：]",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"^(?:分享|扫(?:一扫|描|码)|(?:我要|发表|查看|网友|全部|热门)?(?:评论|跟帖)|已输入|发表$"
    r"|(?:延伸|相关|推荐|更多)(?:阅读|新闻|报道|链接|文章|推荐)|返回|举报|点赞|收藏|上一[篇页条]|下一[篇页条]|打印|关闭|我要反馈|保存网页)"
    r"|(?:APP|客户端|公众号)$|举报(?:电话|邮箱)\s*[:：]|扫描?(?:上方|下方)?二维码"
)


def word_chars(text: str) -> int:
    """Letters, digits and ideographs of *text*: its length without punctuation and space."""
    return len(_NO_WORD.sub("", text))


def han_share(text: str) -> float:
    """Han characters over word characters, 0 to 1; 0 for a text without words."""
    return len(_HAN_CHAR.findall(text)) / (word_chars(text) or 1)


def plain(text: str) -> str:
    """*text* in NFC, without control, zero-width and direction characters; lines as they are.

    Private-use characters, which only a page's own font can draw, become spaces.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (_keep(char) for char in text) if not text.isascii() or "\0" in text else text
    return unicodedata.normalize("NFC", "".join(kept))


def _keep(char: str) -> str:
    if char in "\n\t":
        return char
    category = unicodedata.category(char)
    if category == "Co":
        return " "
    return "" if category in _DROPPED else char


def one_line(text: str) -> str:
    """*text* without markup's leftovers, on one line with single spaces."""
    return " ".join(plain(text).split())


def paragraphs(text: str) -> list[str]:
    """The lines of *text* that hold something, each without needless space."""
    return [line for line in map(one_line, plain(text).split("\n")) if line]


def text_of(root: HtmlElement) -> str:
    """Text of a tree, a line for each block; line breaks of the source are no breaks."""
    parts: list[str] = []
    silent = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):  # a comment or an instruction
            piece = element.tail if event == "end" else None
            element_breaks = False
        else:
            element_breaks = element.tag in _BLOCKS
            step = element.tag in _SILENT
            silent += step if event == "start" else -step
            piece = element.text if event == "start" else element.tail
        if element_breaks:
            parts.append("\n")
        if piece and not silent and not (event == "end" and element is root):
            parts.append(_unbroken(piece))
    return "".join(parts)


def _unbroken(piece: str) -> str:
    # Between Chinese characters a line break of the source is nothing; else it is a space.
    return re.sub(r"\s+", " ", _BREAK_IN_WIDE.sub("", piece))


def trim(lines: list[str], title: str) -> list[str]:
    """Chinese *lines* without what stands before and after the text: title, date, editors.

    Only a run of such lines at the very start and the very end goes, and never a sentence of
    the text.
    """
    return _trim_tail(_trim_head(lines, title))


def _trim_head(lines: list[str], title: str) -> list[str]:
    start = 0
    wanted = key(title)
    for index, line in enumerate(lines[:_HEAD_LINES]):
        if wanted and key(line) == wanted:
            start = index + 1
        elif len(line) > _LINE_CHARS or _SENTENCE.search(line):
            break
    while start < len(lines) - 1 and _is_head(lines[start]):
        start += 1
    return lines[start:] or lines


def _is_head(line: str) -> bool:
    short = len(line) <= _LINE_CHARS and not _SENTENCE_END.search(line)
    return bool(short and _META.search(line))


def _trim_tail(lines: list[str]) -> list[str]:
    end = len(lines)
    while end > 1 and _is_tail(lines[end - 1]):
        end -= 1
    return lines[:end]


def _is_tail(line: str) -> bool:
    if _DISCLAIMER.search(line) or (len(line) <= _LINE_CHARS and _CREDIT.search(line)):
        return True
    is_sentence = _SENTENCE_END.search(line)
    return bool(not is_sentence and len(line) <= _LINE_CHARS and _FURNITURE.search(line))


def key(text: str) -> str:
    """What two writings of one title share: their letters, digits and ideographs."""
    return _NO_WORD.sub("", unicodedata.normalize("NFKC", text).lower())

"""A model's answer -> the summary in it, as one plain paragraph.

Lead-ins ("以下是摘要：", "Sure, here is a summary:"), quotation marks around the whole and notes on
its own length go; 《》, quotations inside and "摘要显示，……" stay.
"""

import re
import unicodedata

from tasks.summaries.markup import plain_characters, without_marks
from tasks.summaries.sentences import is_balanced

_NAME_ZH = r"(?:摘要|总结|概括|概要|提要)"
_NAME_EN = r"(?:summary|summari[sz]ation|summari[sz]ed|synopsis|tl;?dr)"
_POLITE = (
    r"(?:好的?|当然(?:可以)?|没问题|可以|明白了?|收到|"
    r"sure(?: thing)?|certainly|of course|ok(?:ay)?|absolutely|got it)"
)
_LEAD_INS = tuple(
    re.compile(rf"\A(?:{_POLITE}[\s,，.。!！:：]{{0,4}})?{form}", re.I)
    for form in (
        r"(?:(?:根据|按照|基于)[^：:\n。！，]{0,24}[，,])?(?:以下|下面|这里)(?:就?是|为)"
        r"[^：:\n。]{0,40}(?:[：:]|[。.]?\n)",
        rf"(?:(?:(?:这|本)[^：:\n。，！]{{0,12}}|(?:修改|修订|修正|更正|改正)后)的)?(?:新闻|文章|内容|本文|全文|中文)?{_NAME_ZH}"
        r"(?:如下|为|是)?\s?(?:[（(][^（()）\n]{0,20}[)）])?\s?(?:[：:]|\n)",
        rf"[【\[](?:[^】\]\n]{{0,6}}{_NAME_ZH}|summary)[】\]][：:]?",
        r"(?:here(?:['’]s| is| are)|below is|the following is|this is)\b[^:\n]{0,80}"
        rf"\b{_NAME_EN}\b[^:\n]{{0,80}}(?::|\.?\n)",
        rf"(?:(?:a|the|brief|short|concise|news|article|final|one-paragraph|revised|corrected|updated)\s){{0,3}}{_NAME_EN}"
        r"(?:\sof the (?:news |)(?:article|story|text))?\s?(?::|\n)",
    )
)
_ONLY_POLITE = re.compile(rf"\A(?:{_POLITE}\s?[,，.。!！:：]{{0,3}}\s?){{1,2}}(?:\n|\Z)", re.I)
_REFUSAL = re.compile(
    r"\A(?:(?:很?抱歉|对不起)[，,].{0,12}(?:我|作为|无法|不能)|"
    r"作为(?:一个|一名)?(?:AI|人工智能|大?语言模型)|"
    r"(?:I['’]m|I am) (?:sorry|unable)|I can(?:['’]t|not| not) |Sorry, (?:but )?I|As an AI)",
    re.I,
)
_COUNT = r"\d{1,5}\s?个?汉?(?:字符|字|characters?|chars?|words?)"
_NOTES = tuple(
    re.compile(rf"{form}\Z", re.I)
    for form in (
        rf"\s?[（(\[【](?:(?:全文|正文|摘要)?(?:共计?|约|合计|字数|总)?[^（()）\d\n]{{0,8}}){_COUNT}"
        r"[^（()）\[\]【】\n]{0,16}[)）\]】][。.]?",
        r"\s?[（(]?(?:总?字数|(?:word|character) count)(?:统计)?\s?[：:]\s?约?\s?\d[^\n。]{0,12}"
        r"[)）]?[。.]?",
        rf"\n(?:全文)?(?:共计?|约|合计)?\s?{_COUNT}[。.]?",
        r"\n[（(]?(?:注|备注|说明|注意|提示|note)\s?[：:](?=[^\n]{0,200}(?:摘要|总结|字|原文|summar|"
        r"word|character|article))[^\n]{0,400}",
        r"\n(?:希望(?:这|对|以上|能)|如果?(?:您|你)?(?:还)?(?:需要|有)|如需|let me know|"
        r"i hope (?:this|that)|is there|would you like|feel free|please let)[^\n]{0,160}",
    )
)
_WRAPPERS = {"“": "”", '"': '"', "「": "」", "『": "』", "'": "'", "‘": "’", "«": "»"}
_BULLET = re.compile(r"[-*•·●▪+] (?=\S)")
_NUMBER = re.compile(r"(?:\d{1,2}[.)、．]|[（(]\d{1,2}[)）]) ?(?=\D)")
_WIDE = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")


def clean_answer(answer: str) -> str:
    """The summary in *answer*, as one paragraph in NFC; empty when there is only wrapping."""
    text = _unwrapped(without_marks(answer))
    return "" if _REFUSAL.match(text) else _one_paragraph(text)


def _unwrapped(text: str) -> str:
    """*text* without lead-ins, notes and quotation marks around it, however they are nested."""
    for _ in range(8):  # each round takes something away; nothing sane nests deeper
        before = text
        text = _ONLY_POLITE.sub("", text)
        for pattern in (*_LEAD_INS, *_NOTES):
            text = pattern.sub("", text).strip()
        text = _without_quotes(text)
        if text == before:
            break
    return text


def _without_quotes(text: str) -> str:
    """*text* without a pair of quotation marks that encloses all of it."""
    if len(text) < 2 or _WRAPPERS.get(text[0]) != text[-1]:
        return text
    inner = text[1:-1]
    encloses = text[0] not in inner if text[0] in "\"'" else is_balanced(inner)
    return inner.strip() if encloses else text


def _one_paragraph(text: str) -> str:
    lines = text.split("\n")
    numbered = sum(_NUMBER.match(line) is not None for line in lines) >= 2
    joined = ""
    for line in lines:
        item = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
        item = _NUMBER.sub("", item, count=1) if numbered and _NUMBER.match(item) else item
        wide = _WIDE.match(joined[-1:]) or _WIDE.match(item[:1])
        if joined and item != line and joined[-1].isalnum():
            joined += "；" if wide else ";"
        joined += item if wide or not joined else f" {item}"
    return unicodedata.normalize("NFC", plain_characters(joined))

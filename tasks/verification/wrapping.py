"""What a model says beside the summary: its reasoning, its manners, the prompt, the page's frame.

Each form is one that news hardly takes: a customer may be "sorry", scammers have people "点击链接".
Every repetition is bounded, so that no text takes more than linear time.
"""

import re
from typing import NamedTuple

from pressrun.models import FindingKind


class Rule(NamedTuple):
    """A *pattern* that no summary may hold, and why."""

    kind: FindingKind
    pattern: re.Pattern[str]
    reason: str
    quotable: bool = False
    """Whether it is no finding where the article has the same words."""
    of_model: bool = True
    """Whether only a model that writes says it: a sentence of the article may."""


def _pattern(*forms: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{form})" for form in forms), re.I)


_SUMMARY_ZH = r"(?:摘要|总结|概括|概要|提要)"
# What a model says to itself begins a sentence.
_OPENS = r"(?:\A|(?<=[。！？!?\n])|(?<=[.!?\n] ))\s?"
_TASK_ZH = (
    r"(?:摘要|概括|概要|用户|字数|原文|这篇|这段|这条新闻|新闻(?:的|内容)|文章(?:的|内容)|题目要求|"
    r"关键信息|\d{2,4}字)"
)
_TASK_EN = (
    r"(?:summar|article|the user|\bwords\b|characters|news story|key (?:points|facts|information)|"
    r"paragraph|instructions|prompt)"
)

_TAGGED = _pattern(
    r"</?\s?(?:think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad)\s?>",
    r"\[/?THINK\]|◁/?think▷|<\|?channel\|?>",
    r"\A\s*thinking(?:\.{3}|…| process\s?[:：])|\.{3}\s?done thinking",
)
_REASONING = _pattern(
    rf"{_OPENS}(?:(?:好的?|嗯|首先|那么|接下来|现在|然后|最后|让)[，,]?\s?){{0,2}}(?:我|我们)"
    r"(?:现在|先|还|就|再|来|将|首先)?(?:需要|应该|要|得|必须|来|看看|想想|分析|理解|检查|数一下|确认)"
    rf"[^。！？\n]{{0,40}}{_TASK_ZH}",
    r"用户(?:要求|希望|想要?|让|需要)我",
    r"用户(?:给出|提供|发来|发送)了?(?:一篇|这篇|一段|的(?:新闻|文章|内容))",
    r"用户(?:的)?要求(?:是|写|用|输出|概括|总结|摘要|不超过|对这|把这|将这)",
    rf"(?:检查|核对|数)一下(?:字数|{_SUMMARY_ZH})|重新(?:组织|写|概括)一下",
    rf"{_OPENS}(?:(?:okay|ok|alright|hmm+|wait|so|first|now|next|then)[,.]? ){{0,2}}"
    rf"(?:let me|let's|i(?:['’]ll| will| need| should| have| must|['’]m going)|"
    rf"we (?:need|should|must))\b[^.!?\n]{{0,80}}"
    rf"{_TASK_EN}",
    rf"{_OPENS}(?:(?:okay|ok|so|alright)[,.]? (?:so )?)?the user (?:wants|asks|asked|has asked|"
    r"is asking|needs|provided|gave|has (?:given|provided))\b",
    rf"{_OPENS}(?:okay|alright|hmm+),? (?:so |let me|let's|i )",
)
_COUNTED = _pattern(
    r"(?:字数|长度)(?:大?约|为|是|在|控制|限制|要求|不超过|统计|检查|[:：])[^。\n]{0,12}\d{1,4}\s?个?字",
    r"不超过\s?\d{1,4}\s?个?字|[（(\[【][^（()）\n]{0,8}(?:共|约|计|数)[^（()）\n\d]{0,4}\d{1,4}\s?个?字[)）\]】]",
    r"\b(?:word|character) (?:count|limit)\s?(?:is|of|[:：=])?\s?\d",
    r"\b(?:in|about|approximately|roughly|within|under|exactly|total(?: of)?|most) \d{1,4} "
    r"(?:words|characters)\b",
    r"[(\[]\s?\d{1,4} (?:words|characters)\s?[)\]]",
)
_MANNERS = _pattern(
    rf"(?:以下|下面|这里)(?:就?是|为)[^：:\n。，]{{0,30}}{_SUMMARY_ZH}",
    rf"\A(?:新闻|文章|内容|本文|全文|中文|一句话|简要|简短|(?:修改|修订|修正|更正|改正)后的)?{_SUMMARY_ZH}"
    r"(?:如下|为|是)?\s?[：:\n]",
    r"\A已(?:按|根据)[^：:。\n]{0,12}(?:修改|修正|更正|改正|调整)[^：:。\n]{0,8}[：:]",
    rf"\A[【\[]\s?(?:[^】\]\n]{{0,6}}{_SUMMARY_ZH}|summary)\s?[】\]]",
    rf"{_OPENS}(?:本文|这篇(?:新闻|文章|报道)|这则新闻|本(?:篇|则)(?:新闻|文章|报道))",
    r"作为(?:一个|一名|一款)?(?:AI|人工智能|大?语言模型)(?:语言)?(?:助手|模型)?[，,]?\s?我",
    rf"\A(?:很?抱歉|对不起)[，,]|我(?:无法|不能)(?:为[您你])?(?:提供|生成|完成|访问|撰写)[^。\n]{{0,12}}"
    rf"(?:{_SUMMARY_ZH}|请求|任务|链接|原文)",
    rf"希望(?:这|以上|上面)[^。\n]{{0,12}}(?:{_SUMMARY_ZH}|对[您你])|\A(?:好的|没问题|当然可以|明白了?)[，,！!。]",
    r"如(?:果[您你]|需)[^。\n]{0,16}(?:请(?:随时)?(?:告诉我|告知我?|让我知道)|我可以)",
    rf"{_OPENS}(?:sure(?: thing)?|certainly|of course|absolutely|got it|understood)\s?[!,:]\s?"
    r"(?:here|i|below|the following|let|this)\b|\Asure(?: thing)?\s?[!.:]",
    r"\b(?:here(?:['’]s| is| are)|below is|the following is|this is)\b[^:.\n]{0,60}"
    r"\b(?:summary|summari[sz]ation|synopsis|tl;?dr)\b",
    r"\A(?:(?:a|the|brief|short|concise|news|article|final|revised|corrected|updated)\s){0,3}"
    r"(?:summary|synopsis|tl;?dr)\s?[:\n]",
    r"\bas an? (?:AI|(?:large )?language model)(?: language)?(?: model| assistant)?,? I\b",
    r"\A(?:I['’]m|I am) (?:sorry|unable|afraid)\b|\bI (?:can(?:['’]t|not| not)|am unable to) "
    r"(?:assist with|provide a|summari[sz]e|access (?:the|this|external)|fulfil|comply with)\b",
    r"\b(?:let me know if you|i hope this (?:helps|summary)|feel free to (?:ask|reach|let)|"
    r"would you like me to|is there anything else (?:i|you))\b",
)
_OF_THE_ARTICLE = _pattern(
    rf"{_OPENS}(?:总的来说|综上所述|总而言之)[，,]",
    rf"{_OPENS}(?:in (?:summary|conclusion)|to (?:sum up|summari[sz]e)|overall),",
    rf"{_OPENS}(?:该(?:文章|篇文章|篇报道|新闻)|文章|全文|文中)"
    r"(?:主要|重点|详细|首先|还|则|中|里)?(?:介绍|讲述|报道了|讨论|探讨|阐述|概述|描述|叙述|总结|分析|指出|提到|强调|说明|谈到)",
    rf"{_OPENS}(?:(?:the|this) (?:news )?(?:article|passage|text|author|story|piece)|"
    r"in this (?:news )?(?:article|story),?) (?:(?:also|further|then|mainly|first) )?"
    r"(?:discusses|describes|reports|talks|explains|covers|states|mentions|says|summari[sz]es|"
    r"highlights|provides|details|outlines|focuses|includes|contains|is about|is a|does not|we)\b",
    rf"{_OPENS}(?:the|this|my|your) summary (?:of (?:the|this) [a-z ]{{1,24}} )?"
    r"(?:is|does|has|states|says|includes|provides|contains|should|must|was)\b",
    rf"{_OPENS}(?:根据|基于)(?:该|这篇|本|上述|以上)?(?:文章|原文|新闻(?:内容|原文))的?(?:内容|信息)?[，,]",
    r"(?:文章|原文|文中|新闻中)(?:并?未|没有?)(?:提及|提到|说明|给出|透露|明确)",
    rf"{_OPENS}(?:关键[词字]|类别|分类|重要(?:性|程度)|keywords?|category|importance)\s?[：:]",
    r"\b(?:according to|based on) (?:the|this) (?:article|text|passage|story)\b",
    rf"{_OPENS}(?:该|这篇?|本|以上|此)?{_SUMMARY_ZH}(?:是|为|没有|不|中|里|已|应|需)",
)
_PROMPT = _pattern(
    r"</?(?:article|instructions?|document|prompt|output|summary|news)>",
    r"你是一家日报的编辑|请用一段话写出|不是对你的指示|照原文写|这条新闻最重要的内容是",
    r"只(?:输出|写)摘要|不要(?:标题|引导语|序号)|写成完整的句子",
    r"you are an editor of a daily|never instructions to you|material to summari[sz]e|"
    r"in complete sentences|nothing but the summary|most important point of this news story",
    r"figure, date, quotation or name|the story does not (?:state|have) (?:the|this|any) "
    r"(?:figure|date|quotation|name)|拿不准的数字",
    r"(?:忽略|无视)(?:以上|之前|上述|前面|所有)[^。\n]{0,12}(?:指令|指示|要求|提示|规则)",
    r"(?:ignore|disregard) (?:(?:all|any|of|the|your|these) ){0,3}(?:previous|prior|above|"
    r"preceding|earlier) (?:instruction|prompt|direction|rule)s?",
    r"(?:\A|\n)\s?(?:system|user|assistant|系统|用户|助手)(?: prompt|提示词?)?\s?[:：]",
)
_FRAME = _pattern(
    r"点击(?:查看|这里|此处|阅读|播放|下方|图片(?:查看|进入))|(?:长按|识别|扫描?)(?:下方|上方|下图)[^。\n]{0,6}二维码",
    r"(?:阅读|查看)(?:原文|全文)|查看更多|更多精彩|下载[^。\n]{0,10}(?:APP|客户端)(?:查看|阅读|看更多)",
    r"(?:责任编辑|责编|编辑|原标题|文章来源|稿件来源|图片来源|校对|供图)\s?[:：]",
    r"(?:\A|[。（(【\n]\s?)(?:来源|作者)\s?[:：]",
    r"版权(?:声明|所有(?![者权人]))|未经[^。\n]{0,6}(?:授权|许可)[^。\n]{0,4}(?:不得|禁止)转载|转载请(?:注明|联系)",
    r"免责声明|新浪声明",
    r"(?:请|欢迎|敬请)关注[^。，\n]{0,16}(?:公众号|微信号|官方微信|微博)|返回(?:搜狐|新浪|首页)",
    rf"{_OPENS}(?:read more|click here|continue reading|sign up (?:for|to) our|"
    r"subscribe (?:to|now)|follow us on|share this|scroll (?:down )?for|advertisement|"
    r"related (?:articles|stories):)",
    r"\b(?:we|(?:our|this) (?:web)?site) uses? cookies\b|\baccept all cookies\b",
    r"我们使用\s?cookies?",
    r"\ball rights reserved\b|\bcopyright ©|©\s?\d{4}",
)

RULES = (
    Rule(FindingKind.REASONING, _TAGGED, "reasoning between marks", of_model=False),
    Rule(FindingKind.REASONING, _REASONING, "the model's reasoning"),
    Rule(FindingKind.REASONING, _COUNTED, "the length of the summary", quotable=True),
    Rule(FindingKind.BOILERPLATE, _MANNERS, "words of the model about its answer"),
    Rule(FindingKind.BOILERPLATE, _OF_THE_ARTICLE, "words about the article", quotable=True),
    Rule(FindingKind.BOILERPLATE, _PROMPT, "words of the prompt"),
    Rule(FindingKind.BOILERPLATE, _FRAME, "words of the page's frame", of_model=False),
)

"""The fixed words of an edition's frame, one table a language."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from pressrun.models import ChangeKind, Step


@dataclass(frozen=True, slots=True)
class Words:
    """What a frame says in one language. Strings with braces are for `str.format`."""

    tag: str
    full_date: str
    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    clock: str
    as_of: str
    revision: str
    changed: str
    ranks: str
    comma: str
    counts: str
    counts_all: str
    nothing_listed: str
    nothing_printed: str
    contents: str
    stories: str
    missing: str
    colophon: str
    selected: str
    unchosen: str
    written: str
    partly_read: str
    in_parts: str
    keywords: str
    repaired: str
    unverified: str
    joint: str
    semicolon: str
    untitled: str
    model: str
    source: str
    skipped: str
    skipped_rows: str
    notes: str
    not_from: str
    printed: str
    printed_by: str
    missing_glyphs: str
    glyph: str
    steps: Mapping[Step, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    rankings: Mapping[str, str] = field(default_factory=dict)
    skips: Mapping[str, str] = field(default_factory=dict)
    repairs: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[ChangeKind, str] = field(default_factory=dict)
    marks: Mapping[ChangeKind, str] = field(default_factory=dict)

    def day(self, day: date) -> str:
        """*day* with its weekday, in full."""
        return self.full_date.format(
            weekday=self.weekdays[day.weekday()],
            year=day.year,
            month=self.months[day.month - 1],
            day=day.day,
        )


ZH = Words(
    tag="zh-Hans",
    full_date="{year}年{month}月{day}日　{weekday}",
    weekdays=("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    months=tuple(str(month) for month in range(1, 13)),
    clock="{month}月{day}日 {time}",
    as_of="截至 {time}",
    revision="第 {number} 版",
    changed="第 {number} 版，{time} 印：{changes}",
    ranks="（{ranks}）",
    comma="、",
    counts="{listed} 条中的 {stories} 条",
    counts_all="共 {stories} 条",
    nothing_listed="当日榜单为空",
    nothing_printed="本期没有可刊登的新闻。",
    contents="目录",
    stories="要闻",
    missing="未能刊登",
    colophon="本期说明",
    selected="抽取式摘要 · {model} 选句",
    unchosen="原文句子 · {model} 未作选择",
    written="由 {model} 撰写",
    partly_read="模型读了原文 {total} 字中的前 {read} 字",
    keywords="关键词",
    in_parts="原文 {total} 字，分 {parts} 部分读过后概括",
    repaired="摘要经过修整：{repairs}",
    unverified="未能在原文中核实：{texts}",
    joint="：",
    semicolon="；",
    untitled="（无标题）",
    model="模型",
    source="来源",
    skipped="略过",
    skipped_rows="榜单中 {count} 行不可用",
    notes="备注",
    not_from="来源 {source} 未能提供榜单",
    printed="印制",
    printed_by="{moment}（{zone}），Pressrun {version}，第 {revision} 版",
    missing_glyphs="缺字",
    glyph="印作〓的字：{glyphs}",
    steps={
        Step.FETCH: "抓取失败",
        Step.EXTRACT: "未能提取正文",
        Step.SUMMARISE: "未能生成摘要",
        Step.ASSEMBLE: "未刊登",
    },
    kinds={
        "PageTooLarge": "页面过大",
        "EmptyPage": "页面是空的",
        "NotHtml": "不是网页",
        "FetchTimeout": "服务器过慢，超出时限",
        "TooManyRedirects": "重定向过多",
        "HttpStatus": "服务器返回错误",
        "FetchError": "无法取得页面",
        "ExtractionError": "页面中没有可读的文章",
        "NotArticle": "不是所列的文章",
        "ExtractionTimeout": "读取页面超出时限",
        "WorkerDied": "读取页面的进程中断",
        "Duplicate": "不再重复刊登：与本期另一条同文",
        "Late": "截稿时尚未完成",
        "Retracted": "已撤回",
        "EngineUnavailable": "模型服务没有响应",
        "ModelMissing": "模型未安装",
        "EngineBusy": "模型服务太忙",
        "PromptTooLong": "原文超出模型的上下文",
        "BadAnswer": "模型的回答不可用",
        "EngineError": "模型服务出错",
        "SourceError": "榜单不可用",
        "Empty": "当日没有内容",
    },
    categories={
        "all": "综合",
        "china": "国内",
        "world": "国际",
        "society": "社会",
        "sports": "体育",
        "finance": "财经",
        "entertainment": "娱乐",
        "technology": "科技",
        "military": "军事",
    },
    rankings={
        "clicks": "按点击排行",
        "comments": "按评论排行",
        "shares": "按分享排行",
        "newest": "最新在前",
        "spread": "全天均匀选取，最新在前",
    },
    skips={
        "not a row": "格式不对",
        "no title": "没有标题",
        "no address": "没有网址",
        "not an http address": "网址无效",
        "a slide show, a video or a topic page": "图集、视频或专题页",
        "listed before": "重复",
        "no time": "没有时间",
        "of another day": "不是当日的",
    },
    repairs={
        "cleaned": "去掉了格式和套话",
        "cut at a sentence end": "在句末截短",
        "cut at a clause": "在分句处截短",
    },
    changes={
        ChangeKind.ADDED: "补入 {count} 篇",
        ChangeKind.LATE: "截稿后补入 {count} 篇",
        ChangeKind.DROPPED: "撤下 {count} 篇",
        ChangeKind.RETRACTED: "撤回 {count} 篇",
        ChangeKind.ARTICLE: "{count} 篇原文已更改",
        ChangeKind.SUMMARY: "{count} 篇摘要重写",
    },
    marks={
        ChangeKind.ADDED: "本版补入",
        ChangeKind.LATE: "截稿后补入",
        ChangeKind.ARTICLE: "原文已更改",
    },
)

EN = Words(
    tag="en",
    full_date="{weekday}, {day} {month} {year}",
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    clock="{day} {month}, {time}",
    as_of="As of {time}",
    revision="Revision {number}",
    changed="Revision {number}, printed {time}: {changes}",
    ranks=" ({ranks})",
    comma=", ",
    counts="{stories} of {listed} stories",
    counts_all="Stories: {stories}",
    nothing_listed="The day’s list is empty",
    nothing_printed="No story could be printed in this edition.",
    contents="Contents",
    stories="Stories",
    missing="Missing from this edition",
    colophon="About this edition",
    selected="Selected sentences · chosen by {model}",
    unchosen="Sentences of the article · {model} chose none",
    written="Written by {model}",
    partly_read="The model read the first {read} of {total} characters",
    keywords="Keywords",
    in_parts="Read whole, {total} characters in {parts} parts",
    repaired="Repaired: {repairs}",
    unverified="Not verified in the article: {texts}",
    joint=": ",
    semicolon="; ",
    untitled="(untitled)",
    model="Model",
    source="Source",
    skipped="Skipped",
    skipped_rows="Rows of the list that were not usable: {count}",
    notes="Notes",
    not_from="No list from the source {source}",
    printed="Printed",
    printed_by="{moment} ({zone}), Pressrun {version}, revision {revision}",
    missing_glyphs="Missing characters",
    glyph="Printed as 〓: {glyphs}",
    steps={
        Step.FETCH: "Not fetched",
        Step.EXTRACT: "No article extracted",
        Step.SUMMARISE: "Not summarised",
        Step.ASSEMBLE: "Not printed",
    },
    kinds={
        "PageTooLarge": "the page is too large",
        "EmptyPage": "the page is empty",
        "NotHtml": "not a web page",
        "FetchTimeout": "the server was too slow",
        "TooManyRedirects": "too many redirects",
        "HttpStatus": "the server answered with an error",
        "FetchError": "the page could not be had",
        "ExtractionError": "the page has no readable article",
        "NotArticle": "not the article that was listed",
        "ExtractionTimeout": "the page took too long to read",
        "WorkerDied": "the process that read the page died",
        "Duplicate": "Not printed twice: the text is that of another story",
        "Late": "not ready at the press deadline",
        "Retracted": "Taken back after it was printed",
        "EngineUnavailable": "the model’s server does not answer",
        "ModelMissing": "the model is not installed",
        "EngineBusy": "the model’s server is too busy",
        "PromptTooLong": "the article exceeds the model’s context",
        "BadAnswer": "the model’s answer was unusable",
        "EngineError": "the model’s server failed",
        "SourceError": "the list was unusable",
        "Empty": "nothing for this day",
    },
    categories={},
    rankings={
        "clicks": "by clicks",
        "comments": "by comments",
        "shares": "by shares",
        "newest": "newest first",
        "spread": "spread over the day, newest first",
    },
    skips={},
    changes={
        ChangeKind.ADDED: "added: {count}",
        ChangeKind.LATE: "added after the deadline: {count}",
        ChangeKind.DROPPED: "dropped: {count}",
        ChangeKind.RETRACTED: "retracted: {count}",
        ChangeKind.ARTICLE: "articles changed: {count}",
        ChangeKind.SUMMARY: "summaries rewritten: {count}",
    },
    marks={
        ChangeKind.ADDED: "Added in this printing",
        ChangeKind.LATE: "Added after the deadline",
        ChangeKind.ARTICLE: "The article has changed since the printing before",
    },
)


def words_for(language: str) -> Words:
    """The table of *language*, "zh" or "en"; English for any other."""
    return ZH if language.lower().split("-")[0] == "zh" else EN

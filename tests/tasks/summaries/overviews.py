"""What tests of overviews share: five stories of a day, and sentences that tell of them."""

import json

from pressrun.models import Edition, Summary
from tests.pressrun.archive.archive_desk import Desk

values = Desk()

BRIDGE = "江城三号桥十二日通车，全长3200米。过江时间由五十分钟缩短到八分钟。"
SNOW = "气象台预报，北方七省周末有大雪，铁路部门已加开除雪列车45列。"
BANK = "央行宣布下调存款准备金率0.25个百分点，释放资金约6000亿元。"
SHIP = "临港船厂交付第十艘液化气船，船东是一家外国公司。"
BOOKS = "市图书馆本月起延长开放时间，每晚九点闭馆。"
TEXTS = (BRIDGE, SNOW, BANK, SHIP, BOOKS)

TOLD = {
    1: "江城三号桥通车，过江时间缩短到八分钟。",
    2: "北方七省周末有大雪，铁路加开除雪列车45列。",
    3: "央行下调存款准备金率0.25个百分点。",
    4: "临港船厂交付第十艘液化气船。",
}
FALSE = "央行下调存款准备金率0.5个百分点。"


def edition_of(*texts: str, **summary: object) -> Edition:
    """An edition of stories with these summaries; story n is the nth in reading order."""
    stories = tuple(
        values.story(rank, summary=summary_of(text, **summary))
        for rank, text in enumerate(texts or TEXTS, 1)
    )
    facts = {"stories": stories, "listed": len(stories), "failures": ()}
    return values.edition().model_copy(update=facts)


def summary_of(text: str, **facts: object) -> Summary:
    return values.summary(text).model_copy(update=facts)


def answer(*sentences: tuple[int, str]) -> str:
    """A model's answer, of each story's number and what is told of it."""
    listed = [{"stories": [number], "text": text} for number, text in sentences]
    return json.dumps({"sentences": listed}, ensure_ascii=False)

"""A Sina-shaped news site whose articles are all different, for load tests."""

import json
import random
from datetime import date

from aiohttp import web

from tests.fakes import LocalServer

DAY = date(2026, 3, 12)

_PLACES = (
    "青浦",
    "临江",
    "白石",
    "云岭",
    "海宁",
    "东桥",
    "南渡",
    "北川",
    "金湖",
    "长宁",
    "古田",
    "龙泉",
    "新安",
    "平和",
    "永兴",
    "丰台",
)
_BODIES = (
    "交通局",
    "水务集团",
    "教育局",
    "图书馆",
    "农业合作社",
    "博物馆",
    "卫生中心",
    "气象台",
    "规划院",
    "供电公司",
)
_WORKS = (
    "跨江大桥",
    "城际铁路",
    "污水处理厂",
    "儿童医院",
    "科技馆",
    "蔬菜基地",
    "体育公园",
    "养老院",
    "码头",
    "水库",
)
_PEOPLE = (
    "王建华",
    "李秀英",
    "张志强",
    "刘晓梅",
    "陈国栋",
    "杨丽娟",
    "赵文斌",
    "周海燕",
    "吴永年",
    "郑雪芳",
)
_OPENINGS = (
    "{place}市{day}日宣布，{work}将于年内投入使用，总投资{a}亿元。",
    "{place}市{work}{day}日通过验收，工期比原计划缩短{b}天。",
    "{place}{body}{day}日说，{work}的改造已经完成，{a}万名居民从中受益。",
    "历时{b}个月，{place}市的{work}{day}日正式对外开放，首日接待{c}人。",
)
_SENTENCES = (
    "{body}负责人{who}介绍，工程分{b}个标段施工，高峰时有{c}名工人在现场。",
    "据{place}市统计，去年同类项目共完成{b}处，惠及{a}万户家庭。",
    "附近居民{who}说，过去办一件事要走{b}公里，如今出门几步就到。",
    "设计单位采用了新的保温材料，预计每年节约用电{c}千瓦时。",
    "项目由{place}{body}和两家民营企业共同出资，其中地方财政承担{b}成。",
    "为减少噪声，夜间施工在二十二点以前结束，沿线装设了{c}米隔音屏。",
    "专家组用{b}天时间检查了全部{c}个测点，没有发现不合格的部位。",
    "{who}告诉记者，他从{place}搬来已有{b}年，第一次见到这样大的变化。",
    "下一步，{body}将在周边增设{b}条公交线路，发车间隔不超过{b}分钟。",
    "招标公告显示，参与竞争的企业有{b}家，最终报价比预算低{a}万元。",
    "受前期降雨影响，土方作业一度停了{b}天，后来靠增加班组赶回了进度。",
    "{place}一所中学的{c}名学生上周提前参观，并留下了{b}本意见簿。",
    "运营方表示，票价和收费标准将在听证会之后公布，听证代表共{b}人。",
    "{body}同时提醒，试运行期间每天开放{b}小时，预约电话已经开通。",
    "这一带原是废弃的厂房，拆除建筑垃圾{c}吨，其中大部分得到再利用。",
    "根据规划，到后年{place}还要再建{b}座同样规模的设施。",
)


def story(number: int) -> tuple[str, list[str]]:
    """Title and paragraphs of article *number*, about 500 to 950 characters."""
    dice = random.Random(number)

    def say(form: str) -> str:
        return form.format(
            place=place,
            work=work,
            body=dice.choice(_BODIES),
            who=dice.choice(_PEOPLE),
            day=DAY.day,
            a=dice.randint(2, 98),
            b=dice.randint(2, 29),
            c=dice.randint(110, 9800),
        )

    place, work = dice.choice(_PLACES), dice.choice(_WORKS)
    title = f"{place}{work}迎来第{number}号验收：居民期待已久"
    forms = dice.sample(_SENTENCES * 2, dice.randint(16, 28))
    lines = [say(dice.choice(_OPENINGS)), *(say(form) for form in forms)]
    return title, ["".join(lines[at : at + 3]) for at in range(0, len(lines), 3)]


class StorySite(LocalServer):
    """*count* articles, listed as Sina does."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._stories = [story(number) for number in range(1, count + 1)]

    @property
    def list_url(self) -> str:
        """Address of the list."""
        return f"{self.url}/list"

    def routes(self) -> list[web.RouteDef]:
        """The list and its pages."""
        return [web.get("/list", self._list), web.get("/news/{number}.html", self._page)]

    async def _list(self, request: web.Request) -> web.Response:
        rows = [
            {
                "id": str(number),
                "title": title,
                "media": "测试日报",
                "url": f"{self.url}/news/{number}.html",
                "create_date": DAY.isoformat(),
                "create_time": f"{8 + number // 60:02d}:{number % 60:02d}:00",
                "top_num": str(number),
            }
            for number, (title, _) in enumerate(self._stories, 1)
        ]
        said = json.dumps({"conf": {}, "data": rows})
        return web.Response(text=f"var {request.query.get('js_var', 'data')} = {said};")

    async def _page(self, request: web.Request) -> web.Response:
        title, paragraphs = self._stories[int(request.match_info["number"]) - 1]
        body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        return web.Response(
            text=f"<html><head><title>{title}</title></head><body><h1>{title}</h1>"
            f"<div class='article'>{body}</div></body></html>",
            content_type="text/html",
        )

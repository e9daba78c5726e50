"""Units, currencies and measure words of both languages, with their size in a base unit.

A unit that the table does not know is a counted thing ("300 jobs"): its words are judged by
`tasks.verification.figures_context`.
"""

import re
from fractions import Fraction

from tasks.verification.values import Unit

# base: {size: words}. English words without plural "s"; Chinese ones are told by their script.
_MEASURES: dict[str, dict[str, str]] = {
    "m": {
        "1": "米 公尺 metre meter m",
        "1000": "公里 千米 kilometre kilometer km kms",
        "1/100": "厘米 公分 centimetre centimeter cm",
        "1/1000": "毫米 millimetre millimeter mm",
        "1/1000000": "微米 micron micrometre",
        "1/1000000000": "纳米 nanometre nanometer nm",
        "500": "里",
    },
    "mile": {"1": "英里 mile mi"},
    "nautical mile": {"1": "海里"},
    "foot": {"1": "英尺 foot feet ft"},
    "inch": {"1": "英寸 inch"},
    "yard": {"1": "码 yard yd"},
    "m2": {
        "1": "平方米 平米 m² sqm sq.m",
        "1000000": "平方公里 平方千米 km²",
        "10000": "公顷 hectare ha",
    },
    "mu": {"1": "亩"},
    "acre": {"1": "英亩 acre"},
    "m3": {
        "1": "立方米 m³",
        "1/1000": "升 公升 litre liter l",
        "1/1000000": "毫升 ml millilitre milliliter",
    },
    "gallon": {"1": "加仑 gallon"},
    "barrel": {"1": "桶 barrel"},
    "pint": {"1": "品脱 pint"},
    "g": {
        "1": "克 gram gramme g",
        "1000": "公斤 千克 kilogram kilogramme kilo kg kgs",
        "500": "斤",
        "1/1000": "毫克 mg milligram",
        "1000000": "吨 tonne",
    },
    "ton": {"1": "ton"},
    "lb": {"1": "磅 lb lbs"},
    "ounce": {"1": "盎司 ounce oz"},
    "stone": {"1": "stone"},
    "s": {
        "1": "秒 秒钟 second sec",
        "60": "分钟 minute min",
        "3600": "小时 个小时 钟头 个钟头 hour hr",
        "86400": "天 日 昼夜 day 个工作日",
        "604800": "周 星期 个星期 礼拜 个礼拜 week",
        "1/1000": "毫秒 millisecond",
    },
    "month": {"1": "个月 月 month", "12": "年 周年 载 year yr", "120": "decade"},
    "night": {"1": "晚 夜 night"},
    "age": {"12": "岁 周岁 year-old years-old"},
    "°C": {"1": "摄氏度 ℃ °c celsius"},
    "°F": {"1": "华氏度 ℉ °f fahrenheit"},
    "°": {"1": "度 degree"},
    "kWh": {"1": "千瓦时 kwh", "1000": "mwh 兆瓦时", "1000000": "gwh"},
    "W": {"1": "瓦 watt", "1000": "千瓦 kw kilowatt", "1000000": "兆瓦 mw megawatt"},
    "byte": {
        "1": "字节 byte",
        "1000": "kb",
        "1000000": "mb",
        "1000000000": "gb 吉字节",
        "1000000000000": "tb",
    },
    "mph": {"1": "mph"},
    "km/h": {"1": "kph km/h"},
    "share": {"1": "股 share"},
    "mark": {"1": "分 point pt"},
    "discount": {"1": "折"},
    "person": {
        "1": "人 名 位 口 人次 people person persons men women man woman children child "
        "child's adult patient worker student employee soldier police officer"
    },
    "time": {"1": "次 回 趟 遍 度次 time"},
    "car": {"1": "辆 台 部"},
    "vessel": {"1": "艘"},
    "company": {"1": "家"},
    "household": {"1": "户 household"},
    "animal": {"1": "只 头 匹"},
    "page": {"1": "页 page"},
    "floor": {"1": "层 楼"},
    "grade": {"1": "级"},
}
_CURRENCIES: dict[str, dict[str, str]] = {
    "CNY": {
        "1": "元 块 块钱 元人民币 人民币 yuan renminbi rmb cny",
        "1/10": "角 毛",
        "10000": "万元",
    },
    "USD": {"1": "美元 美金 usd us-dollar", "1/100": "美分"},
    "dollar": {"1": "dollar buck", "1/100": "cent"},
    "HKD": {"1": "港元 港币 hkd"},
    "TWD": {"1": "新台币 台币 twd"},
    "AUD": {"1": "澳元 澳大利亚元 aud"},
    "CAD": {"1": "加元 加拿大元 cad"},
    "NZD": {"1": "新西兰元 nzd"},
    "SGD": {"1": "新加坡元 新元 sgd"},
    "EUR": {"1": "欧元 euro eur"},
    "GBP": {"1": "英镑 pound sterling gbp quid", "1/100": "便士 pence p penny"},
    "JPY": {"1": "日元 日圆 yen jpy"},
    "KRW": {"1": "韩元 韩圆 krw"},
    "INR": {"1": "卢比 rupee inr"},
    "RUB": {"1": "卢布 rouble ruble rub"},
    "CHF": {"1": "瑞士法郎 瑞郎 chf"},
    "franc": {"1": "法郎 franc"},
    "peso": {"1": "比索 peso"},
    "krona": {"1": "克朗 krona krone kronor"},
    "baht": {"1": "泰铢 铢 baht"},
    "BTC": {"1": "比特币 bitcoin"},
}
# Signs and letters before the number.
_SIGNS = {
    "us$": "USD",
    "$": "dollar",
    "a$": "AUD",
    "au$": "AUD",
    "c$": "CAD",
    "ca$": "CAD",
    "nz$": "NZD",
    "s$": "SGD",
    "hk$": "HKD",
    "nt$": "TWD",
    "£": "GBP",
    "€": "EUR",
    "¥": "yen or yuan",
    "₩": "KRW",
    "₹": "INR",
    "rs": "INR",
    "rs.": "INR",
    "rmb": "CNY",
    "cny": "CNY",
    "usd": "USD",
    "eur": "EUR",
    "gbp": "GBP",
    "hkd": "HKD",
    "jpy": "JPY",
    "人民币": "CNY",
    "美元": "USD",
    "新台币": "TWD",
    "港币": "HKD",
    "港元": "HKD",
}
COUNTED = frozenset(
    {
        "person",
        "car",
        "vessel",
        "company",
        "household",
        "animal",
        "time",
        "share",
        "mark",
        "floor",
        "page",
        "grade",
    }
)
_ALIKE = {
    "dollar": frozenset({"USD", "AUD", "CAD", "NZD", "SGD", "HKD"}),
    "yen or yuan": frozenset({"CNY", "JPY"}),
    "age": frozenset({"month"}),
    "month": frozenset({"age"}),
    "°": frozenset({"°C", "°F", "time"}),
    "count": COUNTED,
    "person": frozenset({"household"}),
}
MONEY = frozenset(_CURRENCIES) | {"yen or yuan"}
# Measure words that only count, and tell nothing of the thing.
_MERE_COUNTS = (
    "个 件 项 种 条 份 批 支 枝 张 把 座 所 间 栋 幢 起 宗 例 场 届 轮 期 枚 颗 块 套 组 双 "
    "对 架 列 则 篇 本 部分 处 款 粒 片 根 株 棵 朵 扇 顶 幅 盒 箱 袋 瓶 杯 碗 桌 串 排 堆 "
    "群 队 班 拨 股份 门 道 集 首 员 胎 季 盘 局 节 段 步 句 字 词 站 笔 单 票 席 国 省 市 "
    "县 区 镇 村 校 院 派 系 类 等 番 手 声 眼 代 成员 点 号 室 团 师 军 营 连 艘次 架次 "
    "台次 路 线 环 带 岛 州 洲 女 男 子 大 小 老 强 方 者 边 面"
)


def _build() -> dict[str, Unit]:
    units = {
        word: Unit(base, Fraction(size))
        for base, sizes in (_MEASURES | _CURRENCIES).items()
        for size, words in sizes.items()
        for word in words.split()
    }
    return units | {word: Unit("count") for word in _MERE_COUNTS.split() if word not in units}


UNITS = _build()
SIGNS = {sign: Unit(base) for sign, base in _SIGNS.items()}


def _alternatives(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_HAN = re.compile(r"[\u3400-\u9fff℃℉°]")
_CHINESE = [word for word in UNITS if _HAN.match(word)]
_LATIN = [word for word in UNITS if not _HAN.match(word)]
# After the number: 公里 at once, "km" after a space or a hyphen at most.
AFTER = re.compile(
    rf"\s?(?:({_alternatives(_CHINESE)})|-?({_alternatives(_LATIN)})(?:s|es)?(?![A-Za-z²³]))",
    re.IGNORECASE,
)
BEFORE = re.compile(rf"(?<![A-Za-z])({_alternatives(list(SIGNS))})\s?$", re.IGNORECASE)


def unit_of(word: str) -> Unit:
    """The unit that *word*, found by `AFTER`, stands for."""
    return UNITS.get(word.lower(), Unit())


def fit_together(base: str, other: str) -> bool:
    """Whether a number of *base* may be the same statement as one of *other*."""
    return (
        base == other
        or not base
        or not other
        or other in _ALIKE.get(base, ())
        or base in _ALIKE.get(other, ())
    )

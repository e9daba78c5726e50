"""Chinese articles with as many figures as real ones, written for load tests.

65 real Chinese news articles had 18 figures in 1,000 characters and 1,400 characters (medians;
means of 22 and 3,400). The sentences of benchmarks/saturated have three times as many figures, and
verifying a summary takes the longer for each; so most sentences here have none.
"""

import random

from benchmarks.saturated.site import story

_HELPINGS = (1, 1, 2, 2, 2, 4, 6, 6)
"""How many stories' worth of text an article has, each as likely."""

_SUBJECTS = (
    "项目负责人",
    "附近居民",
    "当地商户",
    "施工单位",
    "社区工作人员",
    "参与设计的专家",
    "受访的市民",
    "主管部门",
)
_SENTENCES = (
    "{who}表示，最让人担心的问题已经得到妥善解决，剩下的工作会按照计划继续推进。",
    "记者在现场看到，工人们正在清理场地，运送材料的车辆来来往往，秩序井然。",
    "{who}说，过去这里道路狭窄、积水严重，遇上下雨天出门十分不便，大家盼望改造已经很久。",
    "按照有关部门的说明，居民反映较多的意见都写进了新的方案，并且在公告栏里公开。",
    "也有人提出不同看法，认为在方便出行的同时，应当更多地保留老街原有的样子。",
    "{who}认为，这样的做法值得别的地方借鉴，但不能照搬，需要结合各自的实际情况。",
    "为了不影响学生上课，噪声较大的作业都安排在假期和周末，校门口另外设置了引导人员。",
    "在谈到资金来源时，{who}没有透露具体的数目，只说账目会接受审计并向社会公布。",
    "多位老人告诉记者，他们最喜欢的是新修的林荫步道，早晚散步的人比从前多了许多。",
    "{who}解释说，之所以推迟，是因为地下管线比图纸上标注的更为复杂，必须重新勘察。",
    "下一步，各方将成立联合工作组，对后续的维护、管理和服务作出更细致的安排。",
    "当地媒体评论说，公共设施建得好不好，归根到底要看普通人用起来是不是方便。",
    "{who}呼吁市民爱护公共财物，发现损坏的地方及时拨打服务热线，由专人上门修理。",
    "这座城市近年来不断改善基础设施，越来越多的年轻人愿意留下来工作和生活。",
    "据了解，类似的工程在邻近地区也在进行，彼此之间交流经验，少走了不少弯路。",
    "{who}坦言，工作中还存在宣传不够、沟通不足的地方，今后会认真听取各方面的批评。",
    "有专家提醒，新设施启用之后仍要定期检查，尤其是在汛期和严寒天气到来之前。",
    "活动现场还展出了居民拍摄的老照片，许多人驻足观看，回忆起当年的生活情景。",
)


def article(number: int) -> tuple[str, list[str]]:
    """Title and paragraphs of article *number*, always the same; 700 to 5,000 characters."""
    dice = random.Random(number)
    title, told = story(number)
    sentences = [f"{part}。" for line in told for part in line.split("。") if part]
    opening, figures = sentences[0], sentences[1:]
    lines = [opening]
    for _ in range(dice.choice(_HELPINGS)):
        some = [dice.choice(figures) for _ in range(6)]
        others = [form.format(who=dice.choice(_SUBJECTS)) for form in dice.sample(_SENTENCES, 14)]
        helping = [*some, *others]
        dice.shuffle(helping)
        lines += helping
    return title, ["".join(lines[at : at + 3]) for at in range(0, len(lines), 3)]

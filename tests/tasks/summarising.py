"""What tests of summaries share: an article of three sentences, and engines that are told."""

import json
from collections.abc import Callable

from pressrun.models import Article, Completion, ModelIdentity, Prompt, Summary, Way
from pressrun.ports import Engine
from tasks.summaries.brief import Brief
from tasks.summaries.budget import TokenMeter
from tasks.summarise import summarise_article

LEAD = (
    "国家统计局今天公布，前三季度国内生产总值同比增长5.2%，增速比上半年加快0.1个百分点，符合预期。"
)
SECOND = (
    "他表示，全年的目标可以实现，政策还有空间，市场信心正在恢复，投资和消费都将保持平稳的增长。"
)
THIRD = (
    "分析人士认为，出口的回升和服务业的扩张是今年的主要动力，"
    "制造业投资也好于此前市场的普遍预期和年初的预测。"
)
TEXT = f"{LEAD}{SECOND}\n{THIRD}"
TRUE = "前三季度国内生产总值增长5.2%，出口回升和服务业扩张是主要动力。"
FALSE = "前三季度国内生产总值增长7.9%，出口回升和服务业扩张是主要动力。"

CATEGORIES = ("财经", "社会")


class FakeEngine:
    """Gives *answers* in order; "#2" is the third of the choices; a function makes an answer."""

    def __init__(
        self, *answers: str | Callable[[Prompt], str], done_reason: str = "stop", tokens: int = 0
    ) -> None:
        self.answers, self.done_reason, self.prompts = list(answers), done_reason, list[Prompt]()
        self.tokens = tokens

    async def identify(self) -> ModelIdentity:
        return identity(Way.WRITTEN)

    async def complete(self, prompt: Prompt) -> Completion:
        self.prompts.append(prompt)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        text = answer(prompt) if callable(answer) else answer
        if text.startswith("#") and prompt.response_schema:
            text = pick(prompt, int(text[1:]))
        return Completion(
            text=text,
            model="fake",
            done_reason=self.done_reason,
            prompt_tokens=self.tokens,
            output_tokens=9,
        )


def pick(prompt: Prompt, number: int) -> str:
    schema = prompt.response_schema
    assert schema is not None
    bare = "enum" in schema
    choices = schema["enum"] if bare else schema["properties"]["summary"]["enum"]
    return json.dumps(choices[number], ensure_ascii=False) if bare else structured(choices[number])


def structured(
    summary: str,
    *,
    keywords: tuple[str, ...] = ("出口", "服务业", "投资"),
    category: str = "财经",
    importance: object = 4,
) -> str:
    value = {"summary": summary, "keywords": keywords, "category": category}
    return json.dumps({**value, "importance": importance}, ensure_ascii=False)


def identity(
    way: Way = Way.WRITTEN, context_tokens: int = 4096, *, instructed: bool = True
) -> ModelIdentity:
    return ModelIdentity(
        engine="fake",
        model="fake:1",
        way=way,
        context_tokens=context_tokens,
        instructed=instructed,
    )


def article(text: str = TEXT, language: str = "zh", title: str = "数据公布") -> Article:
    return Article(
        url="http://news.example/1",
        title=title,
        text=text,
        language=language,
        extractor="test",
        page_sha256="0" * 64,
    )


def brief(language: str = "zh", max_chars: int = 150, article_language: str = "zh") -> Brief:
    selected = max_chars if article_language == language else 300
    return Brief(language, max_chars, selected, CATEGORIES)


async def summarise(
    engine: Engine,
    text: Article | None = None,
    *,
    by: ModelIdentity | None = None,
    asked: Brief | None = None,
    meter: TokenMeter | None = None,
) -> Summary:
    return await summarise_article(
        text or article(), engine, by or identity(), asked or brief(), meter or TokenMeter()
    )


def rungs(summary: Summary) -> list[str]:
    return [rung.name for rung in summary.ladder]

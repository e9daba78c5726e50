"""The plain way: one article after another, fetched, read and summarised. A program of its own.

    python -m benchmarks.saturated.plain_way LIST_URL HOST MODEL

It asks for what Pressrun asks for, so that the model has as much to do.
"""

import json
import sys
import time
from typing import Any

import requests
from bs4 import BeautifulSoup

from tasks.summaries.answer import answer_schema

CATEGORIES = ("时政", "财经", "社会", "国际", "科技", "文化", "体育")
PROMPT = """下面是一篇新闻。请只回答一个 JSON 对象，格式如下：
{schema}
其中 summary 是不超过120个字的中文摘要，写成完整的句子，只写新闻里有的事实；
keywords 是3到5个关键词；category 从这些类别中选一个：{categories}；importance 是1到5的重要程度。

<article>
{article}
</article>"""


def read_page(url: str) -> str:
    """The paragraphs of the page at *url*."""
    page = requests.get(url, timeout=30)
    soup = BeautifulSoup(page.content, "html.parser")
    return "\n".join(paragraph.get_text() for paragraph in soup.find_all("p"))


def summarise(host: str, model: str, article: str) -> dict[str, Any]:
    """The model's answer on *article*."""
    schema = answer_schema(CATEGORIES, 150)
    prompt = PROMPT.format(
        schema=json.dumps(schema, ensure_ascii=False),
        categories=", ".join(CATEGORIES),
        article=article,
    )
    asked: dict[str, Any] = {"model": model, "prompt": prompt, "format": schema, "stream": False}
    answer = requests.post(f"{host}/api/generate", json=asked, timeout=600)
    answer.raise_for_status()
    found: dict[str, Any] = json.loads(answer.json()["response"])
    return found


def main() -> None:
    list_url, host, model = sys.argv[1:]
    requests.post(f"{host}/api/generate", json={"model": model}, timeout=600)
    listed = requests.get(list_url, timeout=30).text
    rows = json.loads(listed[listed.index("{") : listed.rindex("}") + 1])["data"]
    first_s, stories = 0.0, 0
    for row in rows:
        article = read_page(row["url"])
        first_s = first_s or time.monotonic()
        stories += bool(summarise(host, model, article)["summary"])
    said = {"first_article_s": first_s, "last_summary_s": time.monotonic(), "stories": stories}
    print(json.dumps(said))


if __name__ == "__main__":
    main()

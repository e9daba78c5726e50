"""Values to fill an archive with."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

from pressrun.archive import Archive, Published
from pressrun.models import (
    Article,
    Edition,
    Failure,
    Headline,
    ListRecord,
    ModelIdentity,
    Overview,
    Page,
    Plan,
    Point,
    Rendition,
    Step,
    Story,
    Summary,
    Thumbnail,
    Way,
)

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
SHA = "ab" * 32


class Desk:
    """Makes values, each different only in what a test names."""

    day = DAY
    moment = MOMENT
    model = ModelIdentity(engine="ollama", model="qwen3:4b", digest="d1")
    listing = ListRecord(
        source="sina", url="http://list.test/", sha256=SHA, category="all", ranking="clicks"
    )

    def headline(self, rank: int = 1, **changes: Any) -> Headline:
        facts = {"rank": rank, "title": f"第{rank}条", "url": f"http://news.test/{rank}.html"}
        return Headline.model_validate(facts | changes)

    def page(self, url: str = "http://news.test/1.html", body: bytes = b"<p>\xd6\xd0") -> Page:
        return Page(
            url=url,
            final_url=url + "?from=list",
            status=203,
            content_type="text/html; charset=gb2312",
            body=body,
            fetched_at=MOMENT,
        )

    def article(self, **changes: Any) -> Article:
        facts = {
            "url": "http://news.test/1.html",
            "title": "第1条",
            "text": "头一段。\n第二段。",
            "language": "zh",
            "published": MOMENT,
            "medium": "某报",
            "encoding": "gb18030",
            "extractor": "readability 0.9",
            "page_sha256": SHA,
        }
        return Article.model_validate(facts | changes)

    def picture(self, body: bytes = b"one") -> Thumbnail:
        """Of another page another one."""
        data = b"a jpeg of " + body
        sha256 = hashlib.sha256(data).hexdigest()
        return Thumbnail(sha256=sha256, width_px=480, height_px=320, data=data)

    def summary(self, text: str = "一句话。") -> Summary:
        return Summary(
            text=text,
            language="zh",
            way=Way.WRITTEN,
            engine="ollama",
            model="qwen3:4b",
            prompt_sha256=SHA,
            chars_read=8,
            chars_total=8,
            wall_s=0.25,
        )

    def plan(self, paper: str = "daily", day: date = DAY, **changes: Any) -> Plan:
        facts = {
            "paper": paper,
            "title": "每日要闻",
            "edition_date": day,
            "time_zone": "Asia/Shanghai",
            "language": "zh",
            "created_at": MOMENT,
            "listing": self.listing,
            "headlines": (self.headline(1), self.headline(2)),
            "model": self.model,
            "content_sha256": SHA,
            "formats": ("html", "pdf"),
            "max_chars": 150,
            "coverage": 0.6,
        }
        return Plan.model_validate(facts | changes)

    def story(self, rank: int, **changes: Any) -> Story:
        facts = {
            "rank": rank,
            "title": f"第{rank}条",
            "url": f"http://news.test/{rank}.html",
            "language": "zh",
            "summary": self.summary(),
            "article_chars": 8,
            "page_sha256": SHA,
            "extractor": "readability 0.9",
        }
        return Story.model_validate(facts | changes)

    def overview(self, **changes: Any) -> Overview:
        """One sentence on the first story."""
        facts = {
            "points": (Point(text="一句话。", urls=("http://news.test/1.html",)),),
            "language": "zh",
            "way": Way.WRITTEN,
            "engine": "ollama",
            "model": "qwen3:4b",
            "prompt_sha256": SHA,
        }
        return Overview.model_validate(facts | changes)

    def edition(
        self, revision: int = 1, stories: int = 2, *, day: date = DAY, **changes: Any
    ) -> Edition:
        failures = tuple(
            Failure(
                rank=rank, title="x", url="http://x.test/", step=Step.FETCH, kind="K", reason="r"
            )
            for rank in range(stories + 1, 3)
        )
        facts = {
            "pressrun_version": "0.1.0",
            "paper": "daily",
            "title": "每日要闻",
            "edition_date": day,
            "time_zone": "Asia/Shanghai",
            "language": "zh",
            "revision": revision,
            "printed_at": MOMENT.replace(minute=revision % 60),
            "listing": self.listing,
            "model": self.model,
            "content_sha256": SHA,
            "listed": max(2, stories),
            "stories": tuple(self.story(rank) for rank in range(1, stories + 1)),
            "failures": failures,
        }
        return Edition.model_validate(facts | changes)

    def renditions(self, mark: str = "one", *more: str) -> list[Rendition]:
        names = {"index.html": "text/html", "edition.pdf": "application/pdf"}
        names |= dict.fromkeys(more, "image/png")
        return [
            Rendition(
                name=name,
                media_type=kind,
                data=f"{mark} {name}".encode(),
                format="a renderer's name" if name == "edition.pdf" else "",
            )
            for name, kind in names.items()
        ]

    def print(
        self,
        archive: Archive,
        mark: str = "one",
        stories: int = 2,
        *,
        paper: str = "daily",
        day: date = DAY,
        **changes: Any,
    ) -> Published:
        """Begin and publish one printing."""
        number = archive.editions.begin(self.plan(paper, day))
        edition = self.edition(number, stories, day=day, paper=paper, **changes)
        return archive.publish(edition, self.renditions(mark))

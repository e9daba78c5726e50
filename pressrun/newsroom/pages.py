"""An article -> its page, in the article's template and charset, with all that surrounds it.

The templates are after pages of several times and countries: a portal, a county's site with
line breaks for paragraphs, tables of 2005, a div soup of today. The surroundings (navigation,
related links, advertisements, comments, scripts) are what an extractor has to leave out.
"""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from pressrun.newsroom.loader import SITE_ZONE, NewsArticle, every_article
from pressrun.newsroom.pictures import draw_picture
from pressrun.newsroom.toplist import CHANNELS

RELATED = 12

WORDS_PER_MINUTE = 230


@cache
def page(article: NewsArticle) -> bytes:
    """The page's bytes."""
    moment = article.published.astimezone(SITE_ZONE)
    html = (
        _templates()
        .get_template(f"{article.template}.html")
        .render(
            article=article,
            number=article.number,
            channel=CHANNELS[article.category],
            related=related(article),
            meta=article.charset if article.meta is None else article.meta,
            zh=f"{moment:%Y年%m月%d日 %H:%M}",
            iso=f"{moment:%Y-%m-%d %H:%M}",
            en=f"{moment:%B} {moment.day}, {moment.year}, {moment:%I:%M %p}",
            minutes=max(1, round(len(article.text.split()) / WORDS_PER_MINUTE)),
        )
    )
    return html.encode(article.charset)


def related(article: NewsArticle) -> tuple[NewsArticle, ...]:
    """What the page links to beside its own text: others of its language, the nearest first."""
    others = [
        other
        for other in every_article()
        if other.language == article.language and other.slug != article.slug
    ]
    # Titles in traditional characters stay on their own site: GBK pages could not hold them all.
    others = [other for other in others if other.charset != "big5"]
    others.sort(key=lambda other: (other.category != article.category, -other.clicks))
    return tuple(others[:RELATED])


@cache
def picture(article: NewsArticle) -> bytes:
    """The article's picture, a PNG.

    Raises:
        ValueError: it has none.
    """
    if article.image is None:
        raise ValueError(f"{article.slug} has no picture; name a scene in its head")
    return draw_picture(article.image, article.number)


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("pressrun.newsroom"), autoescape=True, undefined=StrictUndefined
    )

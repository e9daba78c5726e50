"""A small news site of our own on loopback: what the demo and the tests read.

Lists in the form of Sina's daily top list and of its rolling list, articles written for Pressrun,
and pages as messy as real ones: `Newsroom` serves them; `articles` knows what an extractor should
find in them. Places, companies and people in the articles are invented.
"""

from pressrun.newsroom.loader import DEMO_DATE, NewsArticle, articles, dates
from pressrun.newsroom.server import Newsroom

__all__ = ["DEMO_DATE", "NewsArticle", "Newsroom", "articles", "dates"]

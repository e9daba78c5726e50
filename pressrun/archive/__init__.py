"""The one place that knows where things lie: store, editions, lease, site.

archive = Archive.open("archive")
async with hold_lease(archive, "daily", edition_date):
    current = archive.settle("daily", edition_date)
    revision = archive.editions.begin(plan)
    page = archive.store.find_page(edition_date, url)
    archive.publish(edition, renditions)
"""

from pressrun.archive.archive import Archive
from pressrun.archive.editions import Editions, Published
from pressrun.archive.holding import hold_lease
from pressrun.archive.layout import sha256_of
from pressrun.archive.lease import Lease
from pressrun.archive.records import ArticleKey, Failed, OverviewKey, SummaryKey
from pressrun.archive.site import Site
from pressrun.archive.store import Store
from pressrun.archive.worth import is_worse

__all__ = [
    "Archive",
    "ArticleKey",
    "Editions",
    "Failed",
    "Lease",
    "OverviewKey",
    "Published",
    "Site",
    "Store",
    "SummaryKey",
    "hold_lease",
    "is_worse",
    "sha256_of",
]

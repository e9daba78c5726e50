"""What is wrong in the newsroom, on purpose: rows of lists, and the pages of `FAULTS_DATE`.

`pressrun digest --date 2026-03-14` from the newsroom meets every fault that a news site is known
to have. Each costs its own story and no other. No other date has a faulty page.
"""

from pressrun.newsroom.faults.rows import FAULTY_ROWS, Item, with_faults, with_script
from pressrun.newsroom.faults.stories import FAULTS_DATE, fault_articles

__all__ = [
    "FAULTS_DATE",
    "FAULTY_ROWS",
    "Item",
    "fault_articles",
    "with_faults",
    "with_script",
]

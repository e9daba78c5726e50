"""Extract the pages of a manifest: JSON lines on standard output, for the scoring tool.

    python benchmarks/extraction.py MANIFEST > extracted.jsonl

MANIFEST has a JSON object a line, with `id`, `file` (relative to it) and, where known, `url`. Only
the bytes and the URL are used. Written for each: id, text, title, date (YYYY-MM-DD in the page's
own time zone), ms (CPU milliseconds). A page without an article has an empty text, and its
reason on standard error.
"""

import argparse
import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pressrun.errors import ExtractionError
from pressrun.models import Page
from tasks.extract import read_page


def extract(row: dict[str, Any], folder: Path, now: datetime) -> dict[str, Any]:
    url = row.get("url") or ""
    body = (folder / row["file"]).read_bytes()
    page = Page(url=url, final_url=url, body=body, fetched_at=now)
    start = time.process_time()
    text, title, date = "", "", ""
    try:
        reading = read_page(page)
        text, title = reading.text, reading.title
        date = reading.published.date().isoformat() if reading.published else ""
    except ExtractionError as exc:
        print(f"{row['id']}: {exc}", file=sys.stderr)
    ms = round((time.process_time() - start) * 1000, 1)
    return {"id": row["id"], "text": text, "title": title, "date": date, "ms": ms}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("manifest", type=Path)
    manifest: Path = parser.parse_args().manifest
    now = datetime.now(UTC)
    with manifest.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                found = extract(json.loads(line), manifest.parent, now)
                print(json.dumps(found, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()

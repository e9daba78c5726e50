"""What a maintenance removed, in words (pure)."""

from collections import Counter
from collections.abc import Sequence

from tasks.retention import Removed


def in_words(
    runs: Removed, files: Counter[str], bytes_: Counter[str], *, dry_run: bool = False
) -> str:
    """In one line, such as "removed 14 runs and 28 artifacts; 310 files, 12.4 MB"."""
    megabytes = f"{files.total():,} files, {bytes_.total() / 1e6:,.1f} MB"
    if dry_run:
        return f"nothing was removed; the archive could spare {megabytes}"
    return f"removed {runs.runs:,} runs and {runs.artifacts:,} artifacts; {megabytes}"


def as_markdown(
    runs: Removed,
    files: Counter[str],
    bytes_: Counter[str],
    waited: Sequence[str],
    *,
    dry_run: bool = False,
) -> str:
    """A table of what went, and what had to wait."""
    lines = [
        f"# {'What would go' if dry_run else 'What went'}",
        "",
        "| Where | What | Count | MB |",
        "|---|---|---:|---:|",
    ]
    if not dry_run:
        lines += [
            f"| Prefect | runs, with their logs | {runs.runs} | |",
            f"| Prefect | artifacts | {runs.artifacts} | |",
        ]
    for kind, count in sorted(files.items()):
        lines.append(f"| archive | {kind} | {count} | {bytes_[kind] / 1e6:.1f} |")
    lines += ["", *(f"- not yet: {reason}" for reason in waited)] if waited else []
    return "\n".join(lines) + "\n"

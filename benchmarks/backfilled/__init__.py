"""What benchmarks/backfill.py runs: a news site, the backfill, empty tasks, bare extraction."""

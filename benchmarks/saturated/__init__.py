"""What benchmarks/saturation.py runs: a news site, Pressrun in a process, the plain way in one."""

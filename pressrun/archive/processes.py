"""Which process it is: told from its namesakes of other machines, boots and times."""

import os
import platform
from contextlib import suppress
from pathlib import Path


def machine() -> str:
    """Names this running system, as far as process numbers mean the same: boot and namespace."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # no Linux
        return platform.node()


def process_birth(pid: int) -> str:
    """When process *pid* of this machine started, in the kernel's ticks; "" when it is gone.

    Without /proc "alive" for any process of that number.
    """
    with suppress(OSError, IndexError):
        # proc(5): the name may hold anything, so count from its closing parenthesis.
        state, *rest = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if state in "ZX" else rest[18]
    if Path("/proc/self/stat").exists():
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"

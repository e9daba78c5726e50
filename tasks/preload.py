"""What the server that forks the workers imports, once for all of them: memory and time shared.

A library that is not there is missed by whoever needs it, with a message of its own.
"""

from contextlib import suppress
from importlib import import_module

for _name in ("tasks.extract", "weasyprint"):
    with suppress(ImportError, OSError):  # without Pango WeasyPrint raises OSError
        import_module(_name)

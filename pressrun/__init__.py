"""Pressrun's vocabulary: models, errors, ports, plug-ins, the archive and the command."""

__version__ = "0.1.0"

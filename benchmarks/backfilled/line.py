"""A renderer that draws nothing: what `--without-rendering` has instead of pages."""

from collections.abc import Sequence
from pathlib import Path

from pressrun.models import Edition, Rendition

NAME = "line"


class LineRenderer:
    """One line of text an edition. A printing has at least one file, and publishing it is ours."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """The edition's date and its number of stories."""
        said = f"{edition.edition_date}: {len(edition.stories)} stories\n"
        return [Rendition(name="edition.txt", media_type="text/plain", data=said.encode())]


def install(folder: Path) -> None:
    """Make *folder*, once it is on the path, hold a distribution that has this renderer."""
    info = folder / "pressrun_line-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pressrun-line\nVersion: 1.0\n")
    point = f"[pressrun.renderers]\n{NAME} = {__name__}:{LineRenderer.__name__}\n"
    (info / "entry_points.txt").write_text(point)

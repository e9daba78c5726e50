"""The renderer `json`: an edition for programs, as readers may see it."""

from collections.abc import Sequence

from pressrun.archive.layout import PUBLIC_MANIFEST
from pressrun.models import Edition, Rendition
from pressrun.public import public_json


class JsonRenderer:
    """Makes edition.json, as it is called in the site: beside the manifest it has another name."""

    def render(self, edition: Edition) -> Sequence[Rendition]:
        """One file, which keeps to docs/edition.schema.json; see `pressrun.public`."""
        data = public_json(edition)
        return (Rendition(name=PUBLIC_MANIFEST, media_type="application/json", data=data),)

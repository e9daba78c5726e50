"""A paper's sources, asked in order until one has headlines."""

from collections.abc import Iterable, Mapping
from typing import Self

from pressrun import plugins
from pressrun.errors import PressrunError, SourceError
from pressrun.models import Listing, ListNote, ListRequest
from pressrun.ports import Http, Source
from settings import Plugins


class Enquiry:
    """One run's questions to its paper's sources, over all attempts.

    What a source has settled (it is empty, it knows no such category) is not asked again: a later
    attempt is for those whose failure may pass.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._settled: dict[str, ListNote] = {}

    @classmethod
    def of(cls, names: Iterable[str], tables: Plugins) -> Self:
        """The sources called *names*, with their options.

        Raises:
            PluginError: no plug-in has such a name, or it cannot be imported.
            SettingsError: it does not take its options.
        """
        return cls({name: plugins.build("sources", name, tables.options(name)) for name in names})

    async def headlines(
        self, request: ListRequest, http: Http
    ) -> tuple[Listing, tuple[ListNote, ...]]:
        """The headlines of the first source that has some, and why those before it have none.

        Raises:
            SourceError: none has any; transient when one may have some later.
        """
        notes: list[ListNote] = []
        for name, source in self._sources.items():
            note = self._settled.get(name)
            if note is None:
                try:
                    listing = await source.headlines(request, http)
                except PressrunError as exc:
                    note = _failed(name, exc)
                else:
                    if listing.headlines:
                        return listing, tuple(notes)
                    note = _empty(name, request, listing)
                if not note.transient:
                    self._settled[name] = note
            notes.append(note)
        raise SourceError(
            "; ".join(f"{note.source}: {note.reason}" for note in notes),
            transient=any(note.transient for note in notes),
        )


def _failed(name: str, exc: PressrunError) -> ListNote:
    return ListNote(source=name, kind=type(exc).__name__, reason=str(exc), transient=exc.transient)


def _empty(name: str, request: ListRequest, listing: Listing) -> ListNote:
    reason = f"no headlines for {request.edition_date}, category {request.category}"
    if listing.skipped:
        reason += f" ({len(listing.skipped)} rows not usable)"
    return ListNote(source=name, kind="Empty", reason=reason)

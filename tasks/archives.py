"""The archive that the settings name, with what its address needs besides."""

from pressrun.archive import Archive
from pressrun.archive.archive import files_at
from pressrun.archive.files import Files
from settings import Settings
from tasks.secrets import revealed


def archive_of(settings: Settings) -> Archive:
    """The archive; made when there is none. It blocks: inside an event loop, use a thread.

    Raises:
        ArchiveError: it cannot be read or made, or has another schema than this Pressrun's.
        SettingsError: a secret that an option names cannot be had.
    """
    return Archive.open(settings.archive, _options(settings))


def files_of(settings: Settings) -> Files:
    """The archive's bytes, whether or not an archive is there, and of whichever schema.

    Raises:
        ArchiveError: the address cannot be used.
        SettingsError: a secret that an option names cannot be had.
    """
    return files_at(settings.archive, _options(settings))


def _options(settings: Settings) -> dict[str, str]:
    return {name: revealed(value) for name, value in settings.archive_options.items()}

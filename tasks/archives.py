"""The archive that the settings name, with what its address needs besides."""

from pressrun.archive import Archive, schema
from pressrun.archive.archive import files_at
from pressrun.archive.files import Files
from pressrun.errors import ArchiveError
from settings import Settings
from tasks.secrets import revealed


def archive_of(settings: Settings) -> Archive:
    """The archive; made when there is none. It blocks: inside an event loop, use a thread.

    Raises:
        ArchiveError: it cannot be read or made, or has another schema than this Pressrun's.
        SettingsError: a secret that an option names cannot be had.
    """
    site_url = str(settings.site_url or "")
    return Archive.open(settings.archive, _options(settings), site_url=site_url)


def archive_there(settings: Settings) -> Archive:
    """The archive, as `archive_of`; none is made.

    Raises:
        ArchiveError: there is none, or as `archive_of`.
        SettingsError: as `archive_of`.
    """
    files = files_of(settings)
    if schema.version(files) is None:
        raise ArchiveError(
            f"{files.address('')}: there is no archive; correct --archive or PRESSRUN_ARCHIVE"
        )
    return archive_of(settings)


def files_of(settings: Settings) -> Files:
    """The archive's bytes, whether or not an archive is there, and of whichever schema.

    Raises:
        ArchiveError: the address cannot be used.
        SettingsError: a secret that an option names cannot be had.
    """
    return files_at(settings.archive, _options(settings))


def _options(settings: Settings) -> dict[str, str]:
    return {name: revealed(value) for name, value in settings.archive_options.items()}

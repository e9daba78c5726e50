"""Pressrun's exceptions, one tree.

    PressrunError
    ├── SettingsError            a setting is unknown, out of bounds or contradictory
    ├── PluginError              no plug-in of that name, or it does not load
    ├── SourceError              a source could not list a date
    ├── FetchError               a page could not be had
    │   ├── PageTooLarge
    │   ├── EmptyPage
    │   ├── NotHtml
    │   ├── FetchTimeout
    │   ├── TooManyRedirects
    │   └── HttpStatus           .status
    ├── ExtractionError          a page has no article
    │   ├── NotArticle           it is something else: a gallery, a video, another story
    │   └── ExtractionTimeout    it took too long to read
    ├── EngineError              an engine did not answer
    │   ├── EngineUnavailable    nothing answers at its address
    │   ├── EngineBusy           it has all the requests that it takes
    │   ├── ModelMissing         it answers, and lacks the model
    │   ├── PromptTooLong        the prompt and its answer do not fit the model's context
    │   └── BadAnswer            it answered with nothing usable
    ├── RenderError              a rendition could not be made
    ├── WorkerDied               a worker process ended in the middle of a job
    ├── CoverageError            fewer stories than the paper's threshold
    ├── DeliveryError            an edition did not reach an address
    │   └── DeliveryUnknown      it may have reached it; nobody knows
    └── ArchiveError             the archive cannot be read or written
        └── EditionBusy          another run is printing this edition

`transient` decides retries: whether the same call may succeed later. `retry_after_s`, where the
other side named a time. A class has a default; an instance may differ.
"""


class PressrunError(Exception):
    """The root. *message* names the thing, the limit and the remedy."""

    transient: bool = False

    def __init__(
        self, message: str, *, transient: bool | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(message)
        if transient is not None:
            self.transient = transient
        self.retry_after_s = retry_after_s

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders: keep the flags that keyword arguments set.
        return (_restore, (type(self), str(self), dict(self.__dict__)))


def _restore(kind: type[PressrunError], message: str, state: dict[str, object]) -> PressrunError:
    error = kind.__new__(kind)
    Exception.__init__(error, message)
    error.__dict__.update(state)
    return error


class SettingsError(PressrunError):
    """A setting is unknown, out of bounds or contradictory."""


class PluginError(PressrunError):
    """No plug-in of that name, or it does not load."""


class SourceError(PressrunError):
    """A source could not list a date."""


class FetchError(PressrunError):
    """A page could not be had."""


class PageTooLarge(FetchError):
    """A body passed the size limit while it streamed in."""


class EmptyPage(FetchError):
    """The answer has no body; that may pass."""

    transient = True


class NotHtml(FetchError):
    """The answer is not an HTML page."""


class FetchTimeout(FetchError):
    """The server was too slow or silent; that may pass."""

    transient = True


class TooManyRedirects(FetchError):
    """A page redirects on and on."""


class HttpStatus(FetchError):
    """The server answered with an error status. 408, 425, 429 and 5xx are transient."""

    def __init__(self, message: str, *, status: int, retry_after_s: float | None = None) -> None:
        super().__init__(
            message,
            transient=status in {408, 425, 429} or status >= 500,
            retry_after_s=retry_after_s,
        )
        self.status = status


class ExtractionError(PressrunError):
    """A page has no article that can be read."""


class NotArticle(ExtractionError):
    """A page is something else than the article that was listed: a gallery, another story."""


class ExtractionTimeout(ExtractionError):
    """A page took longer to read than it is worth."""


class EngineError(PressrunError):
    """An engine did not answer, or answered with an error."""


class EngineUnavailable(EngineError):
    """Nothing answers at the engine's address."""

    transient = True


class EngineBusy(EngineError):
    """The engine has all the requests that it takes; that passes."""

    transient = True


class ModelMissing(EngineError):
    """The engine answers, and lacks the model."""


class PromptTooLong(EngineError):
    """The prompt does not fit the model's context: the engine refused it, or cut it."""


class BadAnswer(EngineError):
    """The model answered with nothing that can be used."""

    transient = True


class RenderError(PressrunError):
    """A rendition could not be made."""


class WorkerDied(PressrunError):
    """A worker process ended in the middle of a job: it crashed, or was killed."""

    transient = True


class CoverageError(PressrunError):
    """Fewer articles became stories than the paper's threshold asks."""


class DeliveryError(PressrunError):
    """An edition did not reach an address: what is there does not have it."""


class DeliveryUnknown(DeliveryError):
    """An edition may have reached an address or not: it is never sent again by itself."""


class ArchiveError(PressrunError):
    """The archive cannot be read or written."""


class EditionBusy(ArchiveError):
    """Another run is printing this edition."""

    transient = True

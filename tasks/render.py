"""Edition -> renditions: a renderer found by name, run in a worker process."""

from collections.abc import Mapping, Sequence
from typing import Any

from pressrun import plugins
from pressrun.errors import RenderError
from pressrun.models import Edition, Rendition
from tasks.workers import Workers

RENDER_TIMEOUT_S = 300.0
"""Time limit of one renderer: a hundred stories take about 6 s of CPU."""


async def render_edition(
    workers: Workers, edition: Edition, name: str, options: Mapping[str, Any]
) -> tuple[Rendition, ...]:
    """The files that renderer *name* makes of *edition*.

    Raises:
        RenderError: it could not place a story, or took too long.
        PluginError: no renderer has that name.
    """
    try:
        made = await workers.run(_render, name, dict(options), edition, timeout_s=RENDER_TIMEOUT_S)
    except TimeoutError as exc:
        raise RenderError(
            f"{name}: took over {RENDER_TIMEOUT_S:.0f} s and was ended; lower the paper's limit"
        ) from exc
    if not made:
        raise RenderError(f"{name}: the renderer made no file")
    return tuple(made)


def _render(name: str, options: dict[str, Any], edition: Edition) -> Sequence[Rendition]:
    renderer = plugins.build("renderers", name, options)
    return tuple(renderer.render(edition))

"""How the run of a flow ends: in the state that its work comes to, or Failed, the reason first."""

from collections.abc import Awaitable

from prefect import get_run_logger
from prefect.client.schemas.objects import State
from prefect.context import TagsContext
from prefect.states import Failed

from pressrun.errors import PressrunError
from tasks.saying import as_bug


async def ended(work: Awaitable[State[None]]) -> State[None]:
    """The state that *work*, all of a flow, comes to; Failed when it raises.

    Returned, not raised: the state's message begins with the reason, and the log has it in one
    line. Tags that the run was started with stay its own: what runs within it is found by it, and
    a task with a tag would ask the server for that tag's limit.
    """
    try:
        with TagsContext(current_tags=set()):
            return await work
    except PressrunError as exc:
        return Failed(message=str(exc), data=exc)
    except Exception as exc:  # noqa: BLE001 - the last fan-in, for the same reason
        get_run_logger().exception("what follows is a bug in Pressrun")
        return Failed(message=as_bug(exc), data=exc)

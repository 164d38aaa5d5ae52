"""A state as JSON and back, so that a session outlives the program that led it."""

import json
from functools import cache
from typing import TYPE_CHECKING

from imu_hip.guidance.errors import ResumeError
from imu_hip.guidance.plan import SessionPlan
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.steps import steps_of

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def to_json(state: SessionState) -> str:
    """A state as JSON, without its plan."""
    kept = _states().dump_python(state, mode="json", exclude={"plan", "steps"})
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str, plan: SessionPlan) -> SessionState:
    """The state that `to_json` wrote; its `progress` is what resumes a session after a crash.

    Raises
    ------
    ResumeError
        Where the text is not a state of such a plan.
    """
    from pydantic import ValidationError  # noqa: PLC0415 (slow to import)

    advice = "Start the session anew; what it had finished stays in the history."
    try:
        kept = json.loads(text)
        if not isinstance(kept, dict):
            raise ResumeError("What was kept of the session is no state.", advice)
        retest = bool(dict(kept.get("progress") or {}).get("retest"))
        rebuilt = {"plan": plan, "steps": steps_of(plan, retest)}
        state = _states().validate_python({**kept, **rebuilt})
    except (ValidationError, ValueError, TypeError, RecursionError) as error:
        raise ResumeError("What was kept of the session is damaged.", advice) from error
    if not 0 <= state.step < len(state.steps):
        raise ResumeError("What was kept belongs to another protocol.", advice)
    return state


@cache
def _states() -> "TypeAdapter[SessionState]":
    # Costs more to make than a hundred states cost to write.
    from pydantic import TypeAdapter  # noqa: PLC0415 (slow to import)

    return TypeAdapter(SessionState)

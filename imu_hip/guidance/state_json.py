"""A state as JSON and back, so that a session outlives the program that led it."""

import json

from imu_hip.guidance.errors import ResumeError
from imu_hip.guidance.plan import Progress, SessionPlan
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.steps import steps_of


def to_json(state: SessionState) -> str:
    """A state as JSON, without its plan."""
    from pydantic import TypeAdapter  # noqa: PLC0415 (slow to import)

    kept = TypeAdapter(SessionState).dump_python(state, mode="json", exclude={"plan", "steps"})
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str, plan: SessionPlan) -> SessionState:
    """The state that `to_json` wrote; its `progress` is what resumes a session after a crash.

    Raises
    ------
    ResumeError
        Where the text is not a state of such a plan.
    """
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    advice = "Start the session anew; what it had finished stays in the history."
    try:
        kept = json.loads(text)
        if not isinstance(kept, dict):
            raise ResumeError("What was kept of the session is no state.", advice)
        progress = TypeAdapter(Progress).validate_python(kept.get("progress"))
        rebuilt = {"plan": plan, "steps": steps_of(plan, progress.retest)}
        state = TypeAdapter(SessionState).validate_python({**kept, **rebuilt})
    except (ValidationError, ValueError) as error:
        raise ResumeError("What was kept of the session is damaged.", advice) from error
    if not 0 <= state.step < len(state.steps):
        raise ResumeError("What was kept belongs to another protocol.", advice)
    return state

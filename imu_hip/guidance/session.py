"""The session that leads one person through a protocol: events in, states and views out.

Pure: the time comes in with every event, in seconds of any clock that does not go back. `Passed`
must come several times a second, since much happens by nothing but time.
"""

from imu_hip.guidance.events import Event
from imu_hip.guidance.plan import SessionPlan
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.view import SessionView
from imu_hip.guidance.watching import Watching


def begin(plan: SessionPlan, time_s: float) -> SessionState:
    """The first state of a session, or of one that is resumed where `plan.progress` is given."""
    raise NotImplementedError


def advance(state: SessionState, event: Event, time_s: float) -> SessionState:
    """The state after an event; a command that is not offered changes nothing."""
    raise NotImplementedError


def view_of(state: SessionState, time_s: float) -> SessionView:
    """What is shown at a time."""
    raise NotImplementedError


def watching(state: SessionState) -> Watching:
    """What is to be watched now."""
    raise NotImplementedError


def to_json(state: SessionState) -> str:
    """A state as JSON, without its plan."""
    raise NotImplementedError


def from_json(text: str, plan: SessionPlan) -> SessionState:
    """The state that `to_json` wrote; `.progress` of it resumes a session after a crash.

    Raises
    ------
    ImuHipError
        Where the text is not a state.
    """
    raise NotImplementedError

"""What each command does."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from imu_hip.guidance.buttons import buttons
from imu_hip.guidance.counting import keep_angle, redo
from imu_hip.guidance.entering import go_on, step_of
from imu_hip.guidance.events import Told
from imu_hip.guidance.interruptions import pain, pause, resume, skip, stop
from imu_hip.guidance.moving import move
from imu_hip.guidance.preparing import recalibrate, try_again
from imu_hip.guidance.session_state import Phase, SessionState
from imu_hip.guidance.steps import MOVING, StepKind
from imu_hip.guidance.stretching import begin_bout, retest
from imu_hip.guidance.view import Command


def told(state: SessionState, event: Told, time_s: float) -> SessionState:
    """Do what the person told, if it is offered."""
    if all(button.command is not event.command for button in buttons(state)):
        return state
    return _COMMANDS[event.command](state, time_s)


def _continue(state: SessionState, time_s: float) -> SessionState:
    kind = step_of(state).kind
    if kind is StepKind.CONNECT:
        return try_again(state, time_s)
    if state.phase is Phase.PAIN:
        return go_on(state, time_s)
    if kind is StepKind.BOUT:
        return begin_bout(state, time_s)
    if kind in MOVING:
        return move(state, time_s)
    return go_on(state, time_s)


def _keep(state: SessionState, time_s: float) -> SessionState:
    # A pose is taken by those who watch it; they tell that it is done.
    return state if step_of(state).kind is StepKind.POSE else keep_angle(state, time_s)


_COMMANDS: Final[Mapping[Command, Callable[[SessionState, float], SessionState]]] = (
    MappingProxyType(
        {
            Command.CONTINUE: _continue,
            Command.KEEP: _keep,
            Command.REDO: redo,
            Command.SKIP: skip,
            Command.PAIN: pain,
            Command.PAUSE: pause,
            Command.RESUME: resume,
            Command.RECALIBRATE: recalibrate,
            Command.RETEST: retest,
            Command.STOP: stop,
        }
    )
)

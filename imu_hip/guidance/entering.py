"""Begin a step, and begin a repetition within it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from imu_hip.bluetooth.by_movement import Step as AssignmentStep
from imu_hip.guidance import words
from imu_hip.guidance.protocol import Cue, Protocol
from imu_hip.guidance.session_state import (
    Attempt,
    Hindrance,
    Phase,
    RunningBout,
    SessionState,
)
from imu_hip.guidance.speaking import filled, say
from imu_hip.guidance.steps import (
    MOVING,
    Step,
    StepKind,
    counted,
    next_step,
    turn_of,
    wanted,
)
from imu_hip.guidance.view import Tone
from imu_hip.names import SHIN, THIGH, Doing, Segment

_FALLBACK: Final[Mapping[Doing, Cue]] = MappingProxyType(
    {Doing.BE_READY: Cue("{repetition} of {repetitions}", "{repetition} of {repetitions}.")}
)


def step_of(state: SessionState) -> Step:
    """The step that a state is in."""
    return state.steps[state.step]


def protocol_of(state: SessionState) -> Protocol:
    """The protocol that leads now: a retest has one of its own."""
    retest = state.plan.retest
    return retest if state.progress.retest and retest is not None else state.plan.protocol


def cue_for(state: SessionState, doing: Doing) -> Cue:
    """The protocol's cue for what is asked."""
    cues = protocol_of(state).cues
    return cues[doing] if doing in cues else _FALLBACK.get(doing, Cue(doing.value, ""))


def missing(state: SessionState) -> tuple[Segment, ...]:
    """Sensors that are away and without which the step cannot go on."""
    step = step_of(state)
    worked_on = step.part is not None or step.kind is StepKind.BOUT
    if step.side is None or not worked_on or state.phase in (Phase.PAIN, Phase.STOPPED):
        return ()
    needed = (THIGH[step.side], SHIN[step.side])
    return tuple(segment for segment in state.away if segment in needed)


def go_on(state: SessionState, time_s: float, notice: str = "") -> SessionState:
    """The next step that is needed."""
    index = next_step(state.steps, state.progress, state.step)
    return enter(state, index, time_s, notice)


def enter(state: SessionState, index: int, time_s: float, notice: str = "") -> SessionState:
    """The beginning of a step, with what is to be said of the one before."""
    state = replace(
        state,
        step=index,
        phase=Phase.WAIT,
        phase_s=time_s,
        notice=notice,
        hindrance=Hindrance(),
        fraction=None,
        attempt=Attempt(),
    )
    step = step_of(state)
    if gone := missing(state):
        state = say(state, words.waiting_for(gone), time_s)
        return replace(state, phase=_blocked_phase(step))
    if step.kind in MOVING:
        return ready(state, time_s, notice)
    if step.kind is StepKind.BOUT:
        return change_leg(replace(state, bout=RunningBout(last_s=time_s)), time_s)
    cue, tone = _OPENING[step.kind](state, step)
    return say(state, cue, time_s, tone)


def _blocked_phase(step: Step) -> Phase:
    if step.kind is StepKind.BOUT:
        return Phase.CHANGE
    return Phase.READY if step.kind in MOVING else Phase.WAIT


def ready(state: SessionState, time_s: float, notice: str = "") -> SessionState:
    """The rest before a repetition, in which it is said what comes."""
    step = step_of(state)
    attempt = replace(state.attempt, began=False, wrong_told=False, by_hand=False, dropped="")
    state = replace(
        state, phase=Phase.READY, phase_s=time_s, notice=notice, attempt=attempt, fraction=None
    )
    turn = turn_of(step, state.progress.retest)
    if turn is None or step.kind is StepKind.PRACTISE:
        return say(state, filled(words.PRACTICE_CUE, step.side), time_s)
    number = len(counted(turn, state.progress)) + 1
    most = max(number, wanted(turn, state.progress))
    return say(state, filled(cue_for(state, Doing.BE_READY), step.side, number, most), time_s)


def change_leg(state: SessionState, time_s: float) -> SessionState:
    """The time to take the leg of a bout into position."""
    step, stretch = step_of(state), state.plan.protocol.stretch
    state = replace(state, phase=Phase.CHANGE, phase_s=time_s)
    if stretch is None:
        return state
    before = state.progress.bouts[-1].side if state.progress.bouts else None
    cue = stretch.position if before is None else stretch.change
    if before is step.side:
        cue = words.SAME_LEG
    return say(state, filled(cue, step.side), time_s, Tone.CHANGE)


def _connect(state: SessionState, step: Step) -> tuple[Cue, Tone | None]:
    return (words.RECONNECT if state.rounds else words.CONNECT), None


def _assign(state: SessionState, step: Step) -> tuple[Cue, Tone | None]:
    instruction = next(s.instruction for s in AssignmentStep if s.segment is step.segment)
    return words.assigning(instruction), None


def _check(state: SessionState, step: Step) -> tuple[Cue, Tone | None]:
    remarks = " ".join(state.remarks)
    return replace(words.CHECK, speech=f"{words.CHECK.speech} {remarks}".strip()), None


def _pose(state: SessionState, step: Step) -> tuple[Cue, Tone | None]:
    return filled(cue_for(state, step.doing or Doing.STAND), step.side), Tone.CHANGE


def _calibrated(state: SessionState, step: Step) -> tuple[Cue, Tone | None]:
    return words.WORKING, None


def _position(state: SessionState, step: Step) -> tuple[Cue, Tone | None]:
    if step.part is None or step.side is None:
        return words.WORKING, None
    cue = filled(step.part.position, step.side) if step.first else words.other_leg(step.side)
    return cue, Tone.CHANGE


def _offer(state: SessionState, step: Step) -> tuple[Cue, Tone | None]:
    return words.OFFER, Tone.DONE


def _result(state: SessionState, step: Step) -> tuple[Cue, Tone | None]:
    return words.RESULT, Tone.DONE


_OPENING: Final[Mapping[StepKind, Callable[[SessionState, Step], tuple[Cue, Tone | None]]]] = (
    MappingProxyType(
        {
            StepKind.CONNECT: _connect,
            StepKind.ASSIGN: _assign,
            StepKind.CHECK: _check,
            StepKind.POSE: _pose,
            StepKind.CALIBRATED: _calibrated,
            StepKind.POSITION: _position,
            StepKind.OFFER: _offer,
            StepKind.RESULT: _result,
        }
    )
)

"""Judge finished repetitions: count them, explain those that do not, take them back."""

import math
from dataclasses import replace

from imu_hip.guidance import words
from imu_hip.guidance.entering import enter, go_on, ready, step_of
from imu_hip.guidance.events import RepetitionEnded
from imu_hip.guidance.moving import failed, other_way, turn_back, with_skip_advice
from imu_hip.guidance.plan import EndedMovement, KeptRepetition
from imu_hip.guidance.session_state import Attempt, Phase, SessionState
from imu_hip.guidance.speaking import sound
from imu_hip.guidance.steps import (
    Step,
    StepKind,
    Turn,
    counted,
    is_finished,
    turn_of,
)
from imu_hip.guidance.view import Tone
from imu_hip.measures.repetitions import Repetition

UNDER_WAY = frozenset({Phase.HOLD, Phase.RETURN})


def repetition_ended(state: SessionState, event: RepetitionEnded, time_s: float) -> SessionState:
    """The leg is back: the repetition counts, or it is said why not."""
    step, turn = step_of(state), current_turn(state)
    if turn is None or event.side is not turn.side:
        return state
    asked, done = turn.movement.direction, event.repetition.direction
    if done is not asked:
        if state.phase is not Phase.MOVE or state.attempt.began:
            return state
        state = other_way(state, asked, done, time_s)
        return replace(state, attempt=replace(state.attempt, wrong_told=False))
    if not is_under_way(state):
        return state
    if step.kind is StepKind.PRACTISE:
        return _practised(state, turn, event.repetition, time_s)
    return _measured(state, turn, event.repetition, time_s)


def current_turn(state: SessionState) -> Turn | None:
    """The movement that the session is at."""
    return turn_of(step_of(state), state.progress.retest)


def is_under_way(state: SessionState) -> bool:
    """Whether a repetition runs."""
    return state.phase in UNDER_WAY or (state.phase is Phase.MOVE and state.attempt.began)


def _practised(
    state: SessionState, turn: Turn, repetition: Repetition, time_s: float
) -> SessionState:
    if state.attempt.dropped:
        return ready(state, time_s)
    done = state.attempt.practised + 1
    state = replace(state, attempt=replace(state.attempt, practised=done))
    notice = words.practised(repetition.reason)
    if done >= turn.part.familiarisation:
        return go_on(state, time_s, notice)
    return ready(state, time_s, notice)


def _measured(
    state: SessionState, turn: Turn, repetition: Repetition, time_s: float
) -> SessionState:
    known = math.isfinite(repetition.peak_deg)
    attempt = state.attempt
    reason = attempt.dropped or repetition.reason or ("" if known else words.NOTHING_MEASURED)
    counts = known and not attempt.dropped and (attempt.by_hand or not reason)
    state = keep(state, turn, counts, reason, repetition if known else None)
    if not counts:
        if not attempt.dropped:
            state = failed(state, reason)
        notice = with_skip_advice(state, words.not_counted(reason))
        return ready(sound(state, Tone.NOT_COUNTED), time_s, notice)
    told = words.taken(reason) if attempt.by_hand else words.counted(reason)
    return _counted(state, turn, time_s, told)


def _counted(state: SessionState, turn: Turn, time_s: float, notice: str) -> SessionState:
    state = sound(replace(state, attempt=Attempt()), Tone.COUNTED)
    if is_finished(turn, state.progress):
        return go_on(state, time_s, notice)
    peaks_deg = counted(turn, state.progress)
    if len(peaks_deg) >= turn.part.repetitions:
        notice = words.one_more(peaks_deg)
    return ready(state, time_s, notice)


def keep(
    state: SessionState, turn: Turn, counts: bool, reason: str, measured: Repetition | None
) -> SessionState:
    """A state that keeps one more finished repetition."""
    progress = state.progress
    kept = KeptRepetition(
        task=turn.task,
        side=turn.side,
        direction=turn.movement.direction,
        retest=turn.retest,
        number=sum(turn.owns(r) for r in progress.repetitions) + 1,
        counted=counts,
        reason=reason,
        measured=measured,
    )
    return replace(state, progress=replace(progress, repetitions=(*progress.repetitions, kept)))


def break_off(state: SessionState, reason: str) -> SessionState:
    """A state in which the repetition that ran is kept as not counted, if one did."""
    turn = current_turn(state)
    if turn is None or step_of(state).kind is not StepKind.MEASURE or not is_under_way(state):
        return state
    return sound(keep(state, turn, False, reason, None), Tone.NOT_COUNTED)


def keepable(state: SessionState) -> KeptRepetition | None:
    """The repetition that did not count and that the person may keep, if any."""
    turn, kept = current_turn(state), state.progress.repetitions
    if turn is None or step_of(state).kind is not StepKind.MEASURE or not kept:
        return None
    resting = state.phase is Phase.READY or (state.phase is Phase.MOVE and not state.attempt.began)
    last = kept[-1]
    fits = turn.owns(last) and not last.counted and last.reason != words.AGAIN
    return last if resting and fits and last.peak_deg is not None else None


def keep_angle(state: SessionState, time_s: float) -> SessionState:
    """KEEP: take the angle now as the plateau, or count what did not."""
    turn, last = current_turn(state), keepable(state)
    if turn is not None and last is not None:
        state = _judge_anew(state, last, replace(last, counted=True))
        return _counted(state, turn, time_s, words.counted(last.reason))
    state = replace(state, attempt=replace(state.attempt, by_hand=True), notice="")
    return turn_back(state, time_s, Tone.PLATEAU)


def redoable(state: SessionState) -> tuple[int, KeptRepetition] | None:
    """The counted repetition that can be taken back, with the index of its step.

    It is the last one of this leg in this part, and so may belong to the movement before.
    """
    here = current_turn(state)
    if here is None:
        return None
    last = next((r for r in reversed(state.progress.repetitions) if r.counted), None)
    if last is None or (last.task, last.side, last.retest) != (
        here.task,
        here.side,
        here.retest,
    ):
        return None
    for index, step in enumerate(state.steps):
        turn = turn_of(step, last.retest)
        if step.kind is StepKind.MEASURE and turn is not None and turn.owns(last):
            ended = any(turn.owns(end) for end in state.progress.ended)
            return None if ended else (index, last)
    return None


def redo(state: SessionState, time_s: float) -> SessionState:
    """REDO: do not count the repetition that runs, or take back the last one that counted."""
    if is_under_way(state):
        attempt = replace(state.attempt, dropped=words.AGAIN, by_hand=False)
        state = replace(state, attempt=attempt, notice="This one does not count.")
        return turn_back(state, time_s)
    found = redoable(state)
    if found is None:
        return state
    index, last = found
    state = _judge_anew(state, last, replace(last, counted=False, reason=words.AGAIN))
    return enter(state, index, time_s, "Taken back. Once more.")


def _judge_anew(state: SessionState, old: KeptRepetition, new: KeptRepetition) -> SessionState:
    repetitions = tuple(new if r is old else r for r in state.progress.repetitions)
    return replace(state, progress=replace(state.progress, repetitions=repetitions))


def give_up(state: SessionState, step: Step, by_pain: bool) -> SessionState:
    """A state that gave up the movements of a step, by pain or by choice."""
    if step.part is None or step.side is None:
        return state
    movements = step.part.movements if step.movement is None else (step.movement,)
    progress = state.progress
    ended = tuple(
        EndedMovement(step.part.task, step.side, m.direction, progress.retest, by_pain)
        for m in movements
        if not is_finished(Turn(step.part, step.side, m, progress.retest), progress)
    )
    return replace(state, progress=replace(progress, ended=(*progress.ended, *ended)))

"""What is shown of a state, and what is to be watched."""

from typing import Final

from imu_hip.guidance import words
from imu_hip.guidance.buttons import buttons
from imu_hip.guidance.entering import missing, step_of
from imu_hip.guidance.moving import watched_hold_s
from imu_hip.guidance.protocol import ProtocolKind
from imu_hip.guidance.provisional import provisional_results
from imu_hip.guidance.session_state import Phase, SessionState
from imu_hip.guidance.speaking import lasting_problem
from imu_hip.guidance.steps import MOVING, STAGE, StepKind, counted, done_of, turn_of
from imu_hip.guidance.stretch import is_easing_off
from imu_hip.guidance.stretching import stretch_view
from imu_hip.guidance.view import Asked, ResultView, SessionView, Stage
from imu_hip.guidance.watching import Watching, WatchKind
from imu_hip.names import Doing

_GETTING_READY: Final = frozenset({StepKind.CONNECT, StepKind.ASSIGN, StepKind.CHECK})


def view_of(state: SessionState, time_s: float) -> SessionView:
    """What is shown at a time."""
    plan, step, said = state.plan, step_of(state), state.said
    fraction = _fraction(state, time_s)
    return SessionView(
        session=plan.session,
        person=plan.person,
        protocol=plan.protocol.name,
        title=plan.protocol.title,
        kind=plan.protocol.kind,
        simulated=plan.simulated,
        stage=Stage.STOPPED if state.phase is Phase.STOPPED else STAGE[step.kind],
        paused=state.paused,
        task=None if step.part is None else step.part.task,
        side=step.side,
        asked=asked_of(state, time_s),
        cue=said.cue,
        cue_number=said.cue_number,
        tone=said.tone,
        tone_number=said.tone_number,
        notice=lasting_problem(state, time_s) or state.notice,
        warning=" ".join(filter(None, (words.away(state.away), *state.remarks))),
        fraction=None if fraction is None else round(min(max(fraction, 0.0), 1.0), 2),
        picture=_picture(state),
        buttons=buttons(state),
        done=done_of(state.steps, state.progress),
        repetitions=tuple(r.view for r in state.progress.repetitions),
        results=_results(state),
        last_time=plan.last_time,
        stretch=stretch_view(state, time_s),
        sentences=_sentences(state) if step.kind is StepKind.RESULT else (),
        report="" if state.finished is None else state.finished.report,
        stop_rules=plan.protocol.stop_rules if step.kind in _GETTING_READY else (),
    )


def asked_of(state: SessionState, time_s: float) -> Asked | None:
    """What the person is asked to do; None where nothing is."""
    step = step_of(state)
    over = step.kind in (StepKind.RESULT, StepKind.OFFER)
    if state.paused or over or state.phase is Phase.PAIN:
        return Asked(Doing.REST, step.side)
    if missing(state):
        return Asked(Doing.BE_READY, step.side)
    if step.kind is StepKind.BOUT:
        return Asked(_stretch_doing(state, time_s), step.side)
    if step.doing is None or step.movement is None:
        return None if step.doing is None else Asked(step.doing, step.side)
    doing = _MOVING_DOING.get(state.phase, step.doing)
    return Asked(doing, step.side, step.movement.direction)


_MOVING_DOING = {
    Phase.READY: Doing.BE_READY,
    Phase.HOLD: Doing.HOLD,
    Phase.RETURN: Doing.RETURN,
}


def _stretch_doing(state: SessionState, time_s: float) -> Doing:
    if state.phase is not Phase.BOUT:
        return Doing.REST
    return Doing.EASE_OFF if is_easing_off(state.bout, time_s) else Doing.STRETCH


def watching(state: SessionState) -> Watching:
    """What is to be watched now."""
    step = step_of(state)
    kind = _WATCHED.get(step.kind, WatchKind.NONE)
    if step.kind is StepKind.RESULT:
        return Watching(kind)
    if state.paused or state.phase is Phase.PAIN:
        return Watching(WatchKind.NONE)
    if kind in (WatchKind.ASSIGN, WatchKind.POSE, WatchKind.CALIBRATION):
        return Watching(
            kind, step.doing, side=step.side, segment=step.segment, attempt=state.rounds
        )
    if kind is WatchKind.STRETCH:
        return Watching(kind, step.doing, side=step.side, attempt=step.bout)
    if step.part is None:
        return Watching(WatchKind.NONE)
    return Watching(
        kind,
        step.doing,
        step.part.task,
        step.side,
        None if step.movement is None else step.movement.direction,
        step.part.gates,
        watched_hold_s(step.part),
        retest=state.progress.retest,
    )


_WATCHED = {
    StepKind.ASSIGN: WatchKind.ASSIGN,
    StepKind.POSE: WatchKind.POSE,
    StepKind.CALIBRATED: WatchKind.CALIBRATION,
    StepKind.POSITION: WatchKind.POSITION,
    StepKind.PRACTISE: WatchKind.REPETITION,
    StepKind.MEASURE: WatchKind.REPETITION,
    StepKind.BOUT: WatchKind.STRETCH,
    StepKind.RESULT: WatchKind.RESULT,
}


def _fraction(state: SessionState, time_s: float) -> float | None:
    step, stretch = step_of(state), state.plan.protocol.stretch
    waited_s = time_s - state.phase_s
    if step.kind is StepKind.BOUT and stretch is not None:
        if state.phase is Phase.BOUT:
            return state.bout.elapsed_s / stretch.bout_s
        return waited_s / stretch.rest_s
    if step.kind in MOVING and step.part is not None and state.phase is Phase.HOLD:
        left_s = step.part.hold_s - watched_hold_s(step.part)
        return waited_s / left_s if left_s > 0.0 else 1.0
    return state.fraction


def _picture(state: SessionState) -> str:
    step, stretch = step_of(state), state.plan.protocol.stretch
    if step.part is not None:
        return step.part.picture
    if step.kind is StepKind.BOUT and stretch is not None:
        return stretch.picture
    return "" if step.doing is None else step.doing.value


def _results(state: SessionState) -> tuple[ResultView, ...]:
    if state.finished is not None:
        return state.finished.results
    return provisional_results(state)


def _sentences(state: SessionState) -> tuple[str, ...]:
    final = () if state.finished is None else state.finished.sentences
    return (*final, *_calibration_sentence(state), *_stretch_sentence(state), *_endings(state))


def _calibration_sentence(state: SessionState) -> tuple[str, ...]:
    if state.plan.protocol.kind is not ProtocolKind.CALIBRATION or not state.calibrated:
        return ()
    worst_deg = max(c.uncertainty_deg for c in state.calibrated)
    return (words.calibration_quality(worst_deg),)


def _stretch_sentence(state: SessionState) -> tuple[str, ...]:
    if state.plan.protocol.stretch is None:
        return ()
    done = [bout for bout in state.progress.bouts if bout.duration_s > 0.0]
    bouts_of = {side: sum(bout.side is side for bout in done) for side in state.plan.tested_sides}
    told = words.stretched(bouts_of, sum(bout.duration_s for bout in done))
    pains = tuple(words.bout_ended(b.side) for b in state.progress.bouts if b.by_pain)
    return (told, *pains, *((words.WARM_UP,) if state.progress.retest else ()))


def _endings(state: SessionState) -> tuple[str, ...]:
    sentences = []
    for ended in state.progress.ended:
        turns = (turn_of(s, ended.retest) for s in state.steps if s.kind is StepKind.MEASURE)
        turn = next((t for t in turns if t is not None and t.owns(ended)), None)
        number = 0 if turn is None else len(counted(turn, state.progress))
        what = words.movement_words(ended.task, ended.side, ended.direction)
        sentences.append(words.ended(what, ended.by_pain, number))
    return tuple(sentences)

"""Whatever happens, in whatever order, a session stays whole."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imu_hip.guidance import events
from imu_hip.guidance.session import advance, begin, from_json, to_json, view_of, watching
from imu_hip.guidance.steps import MOST_EXTRA
from imu_hip.guidance.view import Command, Stage
from imu_hip.measures.repetitions import Repetition
from imu_hip.names import Direction, Doing, Segment, Side
from tests.guided_people import plan_for

NUMBERS = st.floats(-60.0, 90.0) | st.sampled_from([float("nan"), 30.0, 31.0])
SIDES = st.sampled_from(Side)
DIRECTIONS = st.sampled_from([*Direction, None])
SEGMENTS = st.sampled_from(Segment)
PROBLEMS = st.sampled_from(["", "Lower the thigh by about 14°", "Keep still"])
REASONS = st.sampled_from(["", "", "the thigh lifted by 14°", "held for 0.2 s only"])
REPETITIONS = st.builds(
    lambda direction, peak_deg, reason: Repetition(
        direction, 1.0, 5.0, 2.0, 3.5, peak_deg, 0.0, 90.0, reason
    ),
    DIRECTIONS,
    NUMBERS,
    REASONS,
)
EVENTS = st.one_of(
    st.just(events.SensorsStream()),
    st.builds(events.SensorsUnknown, PROBLEMS),
    st.builds(events.SensorsFailed, PROBLEMS),
    st.builds(events.Assigned, SEGMENTS, PROBLEMS),
    st.builds(
        events.PoseProgress,
        st.sampled_from([Doing.STAND, Doing.SIT, Doing.STRAIGHTEN_KNEE]),
        SIDES | st.none(),
        st.sampled_from([0.0, 0.5, 1.0, float("nan")]),
        PROBLEMS,
    ),
    st.builds(events.Calibrated, SIDES, st.sampled_from([1.0, float("nan")]), PROBLEMS),
    st.builds(events.Posture, SIDES, PROBLEMS),
    st.builds(events.MovementBegan, SIDES, DIRECTIONS),
    st.builds(events.PlateauReached, SIDES, DIRECTIONS, NUMBERS),
    st.builds(events.RepetitionEnded, SIDES, REPETITIONS),
    st.builds(events.StretchAngle, SIDES, NUMBERS, st.booleans()),
    st.builds(events.SensorLost, SEGMENTS),
    st.builds(events.SensorBack, SEGMENTS),
    st.builds(events.Told, st.sampled_from(Command)),
    st.builds(events.Finished, st.just(()), st.just(("Done.",)), st.just("r.html")),
)
PAUSES_S = st.sampled_from([0.0, 0.2, 1.5, 9.0])
SCRIPTS = st.tuples(
    st.integers(0, 160), st.lists(st.tuples(st.none() | EVENTS, PAUSES_S), max_size=40)
)
"""For how many steps the person does what fits, and what happens then; None is what fits."""

PLANS = {name: plan_for(name) for name in ("seated", "cross_legged", "stretch", "calibration")}


def fitting(state, time_s):
    """What an obedient person would do now, so that scripts get anywhere."""
    seen, view = watching(state), view_of(state, time_s)
    told = events.SensorsStream() if view.stage is Stage.CONNECT else events.Passed()
    if seen.kind == "pose":
        told = events.PoseProgress(seen.doing, seen.side, 1.0)
    elif seen.kind == "calibration":
        sides = {one.side for one in state.calibrated}
        told = events.Calibrated(Side.RIGHT if Side.LEFT in sides else Side.LEFT, 1.0)
    elif seen.kind == "position":
        told = events.Posture(seen.side, "")
    elif seen.kind == "repetition" and view.asked.doing in (Doing.TURN, Doing.CROSS_LEG):
        told = events.MovementBegan(seen.side, seen.direction)
        if state.attempt.began:
            done = Repetition(seen.direction, 1.0, 5.0, 2.0, 3.5, 30.0, 0.0, 90.0)
            told = events.RepetitionEnded(seen.side, done)
    return told


def walk(plan, script):
    """Every state of a script, with its time."""
    time_s = 0.0
    state = begin(plan, time_s)
    yield state, time_s
    fits, happening = script
    for event, waited_s in ((None, 3.0),) * fits + tuple(happening):
        told = fitting(state, time_s) if event is None else event
        state = advance(state, told, time_s)
        yield state, time_s
        time_s += waited_s
        state = advance(state, events.Passed(), time_s)
        yield state, time_s


NAMES = st.sampled_from(sorted(PLANS))
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(NAMES, SCRIPTS)
def test_nothing_raises_and_nothing_counts_too_often(name, script):
    before = None
    for state, time_s in walk(PLANS[name], script):
        view = view_of(state, time_s)
        for done in view.done:
            assert done.counted <= done.wanted <= 3 + MOST_EXTRA
        assert view.fraction is None or 0.0 <= view.fraction <= 1.0
        assert sum(button.main for button in view.buttons) <= 1
        assert len({button.command for button in view.buttons}) == len(view.buttons)
        assert all(r.peak_deg is not None for r in view.repetitions if r.counted)
        numbers = [
            (r.task, r.side, r.direction, r.retest, r.number) for r in state.progress.repetitions
        ]
        assert len(set(numbers)) == len(numbers)
        if before is not None:
            assert view.cue_number >= before.cue_number
            assert len(view.repetitions) >= len(before.repetitions)
            if view.cue != before.cue:
                assert view.cue_number > before.cue_number
        before = view


@QUICK
@given(NAMES, SCRIPTS)
def test_a_state_outlives_json(name, script):
    *_, (state, time_s) = walk(PLANS[name], script)
    back = from_json(to_json(state), PLANS[name])
    assert repr(view_of(back, time_s)) == repr(view_of(state, time_s))
    assert watching(back) == watching(state)


@QUICK
@given(NAMES, SCRIPTS, st.sampled_from(Command))
def test_a_command_that_is_not_offered_changes_nothing(name, script, command):
    *_, (state, time_s) = walk(PLANS[name], script)
    offered = {button.command for button in view_of(state, time_s).buttons}
    if command not in offered:
        assert advance(state, events.Told(command), time_s) is state


@QUICK
@given(NAMES, SCRIPTS)
def test_a_session_that_died_keeps_what_was_finished(name, script):
    *_, (state, time_s) = walk(PLANS[name], script)
    kept = from_json(to_json(state), PLANS[name]).progress
    again = begin(replace(PLANS[name], progress=kept), 0.0)
    assert repr(again.progress) == repr(state.progress)
    assert view_of(again, 0.0).done == view_of(state, time_s).done
    assert view_of(again, 0.0).stage in (Stage.CONNECT, Stage.RESULT)

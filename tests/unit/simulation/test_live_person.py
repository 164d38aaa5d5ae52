"""A person who does what is asked: reached as truth tells, at once, smoothly, on both sides."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.bluetooth.by_movement import Step, Told, tell_all
from imu_hip.bluetooth.turning import StepMotion, turning_from_gyr
from imu_hip.kinematics.quaternion import conjugate, multiply, rotate
from imu_hip.names import SHIN, THIGH, Direction, Doing, Segment, Side, Task
from imu_hip.simulation import PERFECT, Fault, FaultKind, LegPlan
from imu_hip.simulation.live_person import LivePerson
from imu_hip.simulation.person_traits import PersonTraits
from tests.asked_people import Guide, asked_test, repeat

LEFT, RIGHT = Side.LEFT, Side.RIGHT
IN, OUT = Direction.INTERNAL, Direction.EXTERNAL
ALIKE = {side: LegPlan((36.0,), (41.0,), (22.0,)) for side in Side}
STEADY = PersonTraits(legs=ALIKE, spread_deg=0.0, tremor_deg=0.0)


def steady(**traits):
    """A person without tremor and spread, with sensors that make no errors."""
    return LivePerson(replace(STEADY, **traits), replace(PERFECT, orientation=True))


def slope_deg(q_earth_segment):
    """How far a segment's long axis points up, shape (n,)."""
    up = rotate(q_earth_segment, np.array([0.0, 1.0, 0.0]))[:, 2]
    return np.rad2deg(np.arcsin(np.clip(up, -1.0, 1.0)))


@pytest.fixture(scope="module", params=(Task.SEATED, Task.PRONE, Task.CROSS_LEGGED))
def tested(request):
    person = LivePerson(seed=3)
    guide = asked_test(person, request.param)
    return person, analyze(guide.recording())


def test_the_analysis_measures_what_was_truly_reached(tested):
    person, analysis = tested
    assert [result.side for result in analysis.results] == list(Side)
    for result in analysis.results:
        measured = {}
        for one in result.repetitions:
            assert one.valid, one.reason
            measured.setdefault(one.direction, []).append(one.peak_deg)
        assert set(measured) in ({None}, set(Direction))
        for direction, peaks_deg in measured.items():
            # The first of four attempts was for familiarisation.
            true_deg = person.true_peaks_deg(result.side, direction)[1:]
            assert len(true_deg) == 3
            assert peaks_deg == pytest.approx(true_deg, abs=1.0)


def test_the_truth_is_what_the_person_is_like(tested):
    person, analysis = tested
    for result in analysis.results:
        for direction in {one.direction for one in result.repetitions}:
            asked_deg = person.traits.legs[result.side].peaks_deg(direction)[0]
            true_deg = person.true_peaks_deg(result.side, direction)
            # At most two standard deviations of the spread, and the tremor's mean over a second.
            assert true_deg == pytest.approx([asked_deg] * 4, abs=2 * 0.8 + 0.5)
            assert np.std(true_deg) > 0.1


def test_a_fault_hits_one_attempt_and_the_analysis_says_why():
    kinds = (FaultKind.THIGH_LIFTED, FaultKind.SHORT_PLATEAU, FaultKind.KNEE_NOT_90)
    faults = tuple(Fault(kind, LEFT, OUT, number) for number, kind in enumerate(kinds, start=2))
    person = LivePerson(PersonTraits(faults=faults), seed=1)
    guide = asked_test(person, Task.SEATED, (LEFT,), 4)
    result = analyze(guide.recording()).results[0]
    reasons = {
        d: [one.reason for one in result.repetitions if one.direction is d] for d in (IN, OUT)
    }
    assert reasons[IN] == [""] * 4
    assert [reason != "" for reason in reasons[OUT]] == [True, True, True, False]
    for reason, words in zip(
        reasons[OUT], ("the thigh lifted by 14°", "held", "knee"), strict=False
    ):
        assert words in reason
    told = [one.fault for one in person.repetitions() if one.direction is OUT]
    assert told == [None, *kinds, None]
    assert len(person.true_peaks_deg(LEFT, OUT)) == 2


@pytest.mark.parametrize("pace", [0.5, 2.0])
def test_a_short_hold_is_short_at_any_pace(pace):
    person = steady(pace=pace, faults=(Fault(FaultKind.SHORT_PLATEAU, LEFT, IN, 1),))
    guide = Guide(person, segments=(SHIN[LEFT],))
    guide.ask(Doing.TURN, LEFT, IN, wait_s=15.0)
    (first,) = person.repetitions()
    assert first.plateau_end_s - first.plateau_start_s == pytest.approx(0.15)
    assert first.end_s - first.start_s < 2.6
    # Back by themselves, the person turns anew when asked the same again, and then holds.
    asked_s = guide.ask(Doing.TURN, LEFT, IN, wait_s=5.0)
    guide.ask(Doing.RETURN, LEFT, IN, wait_s=5.0)
    second = person.repetitions()[1]
    assert second.start_s == pytest.approx(asked_s + 0.5)
    assert second.plateau_end_s - second.start_s == pytest.approx(5.0)


def test_a_rolled_pelvis_makes_the_turn_look_larger():
    person = steady(faults=(Fault(FaultKind.PELVIS_ROLLED, LEFT, IN, 2),))
    guide = Guide(person, segments=())
    guide.ask(Doing.BE_READY, LEFT, wait_s=4.0)
    for _ in range(2):
        repeat(guide, LEFT, IN)
    plain, rolled = person.repetitions()
    assert plain.peak_deg == pytest.approx(36.0, abs=0.01)
    # The thigh is level, so its rotation against gravity takes the 8° of the pelvis over.
    assert rolled.peak_deg == pytest.approx(44.0, abs=0.5)


def test_a_turn_takes_the_posture_first():
    person = steady()
    guide = Guide(person, segments=(THIGH[LEFT],))
    guide.ask(Doing.TURN, LEFT, OUT, wait_s=8.0)
    guide.ask(Doing.RETURN, LEFT, OUT, wait_s=3.0)
    (turn,) = person.repetitions()
    assert turn.peak_deg == pytest.approx(41.0, abs=0.01)
    # Half a second to react, two to sit down, and a moment of rest.
    assert turn.start_s == pytest.approx(0.5 + 2.0 + 0.4)
    thigh, *_ = guide.felt(THIGH[LEFT])
    assert slope_deg(thigh[[0, -1]]) == pytest.approx([90.0, 0.0], abs=0.1)


def test_who_lies_down_for_the_test_of_a_side_bends_that_knee():
    person = steady()
    guide = Guide(person, segments=tuple(SHIN.values()))
    guide.ask(Doing.LIE_FACE_DOWN, LEFT, wait_s=7.0)
    # The shins point away from the feet: the left one down, the right one level but for 10°.
    last = {side: slope_deg(guide.felt(SHIN[side])[0][[-1]])[0] for side in Side}
    assert last == pytest.approx({LEFT: -90.0, RIGHT: -10.0}, abs=0.1)


def test_nothing_begins_before_the_reaction_time():
    asked, left_alone = steady(tremor_deg=0.2), steady(tremor_deg=0.2)
    asked.ask(Doing.SIT, at_s=3.0)
    time_s = np.arange(0.0, 4.5, 1 / 60)
    first, second = (one.movement(THIGH[LEFT]).at(time_s).gyr_dps for one in (asked, left_alone))
    # The chunk's differences look half a row ahead.
    before = time_s < 3.5 - 1 / 240
    np.testing.assert_array_equal(first[before], second[before])
    assert np.abs(first - second).max() > 10.0


@pytest.mark.parametrize(
    "request_", [(Doing.SIT,), (Doing.STRAIGHTEN_KNEE, LEFT), (Doing.TURN, RIGHT, OUT)]
)
def test_the_same_again_changes_nothing(request_):
    once, often = steady(tremor_deg=0.2), steady(tremor_deg=0.2)
    for at_s in (3.0, 3.2, 3.9, 4.4, 9.0):
        often.ask(*request_, at_s=at_s)
    once.ask(*request_, at_s=3.0)
    time_s = np.arange(0.0, 12.0, 1 / 60)
    first, second = (
        np.hstack([one.movement(s).at(time_s).gyr_dps for s in Segment]) for one in (once, often)
    )
    np.testing.assert_allclose(first, second, rtol=0.0, atol=1e-9)
    assert np.abs(first).max() > 10.0


def test_an_attempt_that_was_called_off_in_time_does_not_count():
    person = steady(legs={**ALIKE, LEFT: LegPlan((10.0, 20.0, 30.0), (41.0,))})
    guide = Guide(person, segments=())
    guide.ask(Doing.BE_READY, LEFT, wait_s=5.0)
    # Back before the turn could begin: no attempt. Back in the middle of it: one without a hold.
    guide.ask(Doing.TURN, LEFT, IN, wait_s=0.0)
    guide.ask(Doing.RETURN, LEFT, IN, wait_s=3.0)
    guide.ask(Doing.TURN, LEFT, IN, wait_s=0.6)
    guide.ask(Doing.RETURN, LEFT, IN, wait_s=3.0)
    assert person.repetitions() == ()
    repeat(guide, LEFT, IN)
    assert person.true_peaks_deg(LEFT, IN) == pytest.approx((20.0,), abs=0.01)


def test_left_and_right_are_mirror_images():
    felt = {}
    for side in Side:
        guide = Guide(steady(), 120.0, tuple(Segment))
        for direction in Direction:
            repeat(guide, side, direction)
        guide.ask(Doing.STRAIGHTEN_KNEE, side, wait_s=3.0)
        guide.ask(Doing.LIE_FACE_DOWN, wait_s=1.0)
        felt[side] = {segment: guide.felt(segment) for segment in Segment}
    pairs = [(Segment.PELVIS, Segment.PELVIS)]
    pairs += [(table[side], table[side.other]) for table in (THIGH, SHIN) for side in Side]
    for one, other in pairs:
        _, acc, gyr = felt[LEFT][one]
        _, mirrored_acc, mirrored_gyr = felt[RIGHT][other]
        # The mirror is the segment's x-y plane; rates are axial vectors.
        np.testing.assert_allclose(acc * [1, 1, -1], mirrored_acc, atol=1e-7)
        np.testing.assert_allclose(gyr * [-1, -1, 1], mirrored_gyr, atol=1e-7)


def test_new_requests_in_the_middle_of_moves_are_felt_without_jumps():
    guide = Guide(steady(), 240.0, (SHIN[LEFT], Segment.PELVIS))
    for doing, wait_s in (
        (Doing.SIT, 1.3),
        (Doing.STRAIGHTEN_KNEE, 3.9),
        (Doing.LIFT_KNEE, 3.1),
        (Doing.STRETCH, 5.0),
        (Doing.EASE_OFF, 0.9),
        (Doing.STAND, 1.4),
        (Doing.LIE_FACE_DOWN, 2.7),
        (Doing.REST, 5.0),
    ):
        guide.ask(doing, LEFT, wait_s=wait_s)
    for segment in (SHIN[LEFT], Segment.PELVIS):
        q, acc, gyr = guide.felt(segment)
        # A knee that goes 75° in 1.1 s changes its speed by 5.8 x 75 / 1.1² = 360 deg/s² at most;
        # knee, hip, and a move that still goes on add up.
        assert np.abs(np.diff(gyr, axis=0)).max() < 1200.0 / 240.0
        assert np.abs(np.diff(acc, axis=0)).max() < 0.6
        turned = multiply(conjugate(q[:-1]), q[1:])[:, 1:] * np.rad2deg(2.0) * 240.0
        np.testing.assert_allclose(turned, 0.5 * (gyr[1:] + gyr[:-1]), atol=1.0)


def test_every_sensor_is_told_by_the_movements_that_are_asked_for():
    asked = {
        Step.STRAIGHTEN_LEFT_KNEE: (Doing.STRAIGHTEN_KNEE, LEFT),
        Step.LIFT_LEFT_KNEE: (Doing.LIFT_KNEE, LEFT),
        Step.STRAIGHTEN_RIGHT_KNEE: (Doing.STRAIGHTEN_KNEE, RIGHT),
        Step.LIFT_RIGHT_KNEE: (Doing.LIFT_KNEE, RIGHT),
        Step.STAND_UP: (Doing.STAND, None),
    }
    guide = Guide(LivePerson(seed=2), segments=tuple(Segment))
    guide.ask(Doing.SIT, wait_s=5.0)
    bounds_s = {}
    for step, (doing, side) in asked.items():
        start_s = guide.ask(doing, side, wait_s=9.0)
        bounds_s[step] = (start_s, guide.now_s)
        # Some rest until everything has come to its end.
        guide.ask(Doing.REST, wait_s=3.0)
    gyr = {segment: guide.felt(segment)[2] for segment in Segment}
    motions = {}
    for step, (start_s, end_s) in bounds_s.items():
        rows = slice(round(start_s * 60), round(end_s * 60))
        time_s = np.arange(rows.start, rows.stop) / 60.0
        turning = {s.value: turning_from_gyr(time_s, gyr[s][rows]) for s in Segment}
        motions[step] = StepMotion(start_s, end_s, turning)
    answers = tell_all(motions)
    assert all(isinstance(answer, Told) for answer in answers), answers
    assert [answer.serial for answer in answers] == [step.segment.value for step in Step]


def test_a_stretch_deepens_eases_off_and_leaves_a_gain():
    person = steady()
    guide = Guide(person, segments=(SHIN[RIGHT],))
    guide.ask(Doing.BE_READY, RIGHT, wait_s=4.0)
    repeat(guide, RIGHT, IN)
    guide.ask(Doing.STRETCH, RIGHT, wait_s=6.0)
    crossed = int(guide.now_s * 60)
    guide.wait(40.0)
    deepest = int(guide.now_s * 60) - 1
    guide.ask(Doing.EASE_OFF, RIGHT, wait_s=5.0)
    eased = int(guide.now_s * 60) - 1
    guide.ask(Doing.STRETCH, RIGHT, wait_s=10.0)
    guide.ask(Doing.HOLD, RIGHT, wait_s=4.0)
    held = int(guide.now_s * 60) - 1
    guide.wait(3.0)
    guide.ask(Doing.REST, wait_s=5.0)
    shin = slope_deg(guide.felt(SHIN[RIGHT])[0])
    # From 22° towards 14° with a time constant of 15 s: in 40 s to less than a degree from there.
    assert np.all(np.diff(shin[crossed:deepest]) < 1e-9)
    assert 14.0 < shin[deepest] < 15.0
    assert shin[eased] - shin[deepest] == pytest.approx(5.0, abs=1.0)
    assert shin[held] < shin[eased]
    assert shin[-61 - 5 * 60] == pytest.approx(shin[held], abs=1e-6)
    assert shin[-1] == pytest.approx(90.0, abs=0.1)
    repeat(guide, RIGHT, IN)
    before_deg, after_deg = person.true_peaks_deg(RIGHT, IN)
    assert after_deg - before_deg == pytest.approx(0.5, abs=0.01)


def test_the_seed_decides_and_sensors_are_as_bad_as_asked():
    time_s = np.arange(0.0, 20.0, 1 / 60)
    first, again, other = (
        LivePerson(STEADY, seed=seed).movement(Segment.PELVIS).at(time_s) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.gyr_dps, again.gyr_dps)
    assert np.abs(first.gyr_dps - other.gyr_dps).max() > 0.1
    # Standing still: 0.2 dps of bias, and white noise of 0.07 that is hardly mixed at 60 of 240 Hz.
    assert np.linalg.norm(first.gyr_dps.mean(axis=0)) == pytest.approx(0.2, abs=0.02)
    noise = first.gyr_dps - first.gyr_dps.mean(axis=0)
    assert noise.std() == pytest.approx(0.07, rel=0.1)
    assert np.abs((noise[1:] * noise[:-1]).mean()) < 0.1 * 0.07**2
    level = rotate(first.q_earth_sensor, first.acc_mps2).mean(axis=0)
    assert level == pytest.approx([0.0, 0.0, 9.80665], abs=0.03)


@pytest.mark.parametrize("wrong", [{"reaction_s": 0.1}, {"pace": 0.0}])
def test_traits_that_cannot_be_simulated_are_refused(wrong):
    with pytest.raises(ValueError, match=r"reaction|pace"):
        PersonTraits(**wrong)

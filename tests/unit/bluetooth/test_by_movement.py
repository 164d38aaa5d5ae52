"""Telling sensors apart by movement: right for everybody who does the steps, silent otherwise."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from imu_hip.bluetooth.by_movement import MINIMUM_RATIO, Step, Told, Untold, tell, tell_all
from imu_hip.bluetooth.turning import (
    StepMotion,
    Turning,
    turned_deg,
    turning_from_gyr,
    turning_from_orientation,
)
from imu_hip.names import Segment, Side
from imu_hip.recording.formats import open_recording
from imu_hip.simulation import SensorErrors, StaticSession, record
from imu_hip.simulation.static_score import Score, write_standing
from imu_hip.simulation.static_sessions import play_score, simulate_static_session
from tests.benchmark import accuracy

ROOT = Path(__file__).parents[3]
RATE_HZ = 60.0
CHEAP = SensorErrors(
    random_mounting=True,
    gyr_bias_dps=4.0,
    gyr_noise_dps=0.3,
    heading_spread_deg=180.0,
    lost_fraction=0.05,
    lost_burst_s=0.1,
    thigh_skin_gain=0.5,
    orientation=True,
)
SERIAL = {segment: f"S{index}" for index, segment in enumerate(Segment)}


@dataclass(frozen=True)
class Person:
    """How somebody does the steps; angles in degrees, `careless` of everything else."""

    knee_deg: float = 75.0
    lift_deg: float = 25.0
    swing_deg: float = 10.0
    lean_deg: float = 30.0
    careless_deg: float = 3.0
    tremor_deg: float = 0.5
    repetitions: int = 3


def seated(score):
    targets = {"height": 0.5}
    for side in Side:
        targets |= {f"{side}_hip_flexion": 90.0, f"{side}_knee_flexion": 90.0}
    score.moves.ramp(targets, 2.0)
    score.moves.hold(1.0)


def repeat(score, person, targets):
    """There and back, while the rest of the body moves a little."""
    moving = "_".join(next(iter(targets)).split("_")[:1])
    other = Side(moving).other
    aside = {"pitch": person.careless_deg, f"{other}_hip_flexion": 90.0 + person.careless_deg}
    aside |= {f"{other}_knee_flexion": 90.0 + 2 * person.careless_deg}
    back = {name: score.moves.now(name) for name in targets | aside}
    for _ in range(person.repetitions):
        score.moves.ramp(aside | targets, 1.0)
        score.moves.hold(0.3)
        score.moves.ramp(back, 1.0)
        score.moves.hold(0.3)


def performed(person, seed, side_of=lambda side: side, segments=tuple(Segment), errors=CHEAP):
    """The recording of all five steps, and when each was done."""
    score = Score(StaticSession(stand_s=1.0, tremor_deg=person.tremor_deg))
    write_standing(score)
    seated(score)
    when = {}
    for side in Side:
        leg = side_of(side)
        extended = {f"{leg}_knee_flexion": 90.0 - person.knee_deg}
        lifted = {
            f"{leg}_hip_flexion": 90.0 + person.lift_deg,
            f"{leg}_knee_flexion": 90.0 + person.lift_deg - person.swing_deg,
        }
        for name, targets in (("straighten", extended), ("lift", lifted)):
            start_s = score.moves.time_s
            repeat(score, person, targets)
            when[Step(f"{name}_{side}_knee")] = (start_s, score.moves.time_s)
    start_s = score.moves.time_s
    score.moves.ramp({"pitch": -person.lean_deg}, 1.0)
    standing = {"pitch": 0.0, "height": 0.9}
    for side in Side:
        standing |= {f"{side}_hip_flexion": 0.0, f"{side}_knee_flexion": 0.0}
    score.moves.ramp(standing, 1.5)
    score.moves.hold(2.0)
    when[Step.STAND_UP] = (start_s, score.moves.time_s)
    body = play_score(score, RATE_HZ, seed)
    return record(body, RATE_HZ, errors, seed, segments=segments), when


def motion_of(recording, start_s, end_s, oriented=False):
    """What the sensors of a recording did in a part of it."""
    turning = {}
    for segment, stream in recording.streams.items():
        inside = (stream.time_s >= start_s) & (stream.time_s < end_s)
        time_s = stream.time_s[inside]
        if oriented:
            turning[SERIAL[segment]] = turning_from_orientation(
                time_s, stream.q_earth_sensor[inside]
            )
        else:
            turning[SERIAL[segment]] = turning_from_gyr(time_s, stream.gyr_dps[inside])
    return StepMotion(start_s, end_s, turning)


def motions_of(recording, when, oriented=False):
    return {step: motion_of(recording, *times, oriented) for step, times in when.items()}


def constant(speed_dps, seconds=10.0):
    time_s = np.arange(0.0, seconds, 1.0 / RATE_HZ)
    return Turning(time_s, np.full(len(time_s), speed_dps))


def still_and(**speeds_dps):
    """Five sensors for ten seconds, at rest but for those named."""
    turning = {serial: constant(1.0) for serial in SERIAL.values()}
    turning |= {serial: constant(speed) for serial, speed in speeds_dps.items()}
    return StepMotion(0.0, 10.0, turning)


@pytest.mark.parametrize("oriented", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_everybody_who_does_the_steps_is_told_right(seed, oriented):
    recording, when = performed(Person(), seed)
    answers = tell_all(motions_of(recording, when, oriented))
    assert [(a.segment, a.serial) for a in answers] == [
        (step.segment, SERIAL[step.segment]) for step in Step
    ]
    # 3° of carelessness against 25° of thigh lift, and 2 x 3° + 3° against 75° of knee: 25/9 or 8.
    assert min(answer.ratio for answer in answers) > 2.2


@pytest.mark.parametrize("seed", range(8))
def test_however_badly_the_steps_are_done_no_answer_is_wrong(seed):
    rng = np.random.default_rng(seed)
    person = Person(
        knee_deg=rng.uniform(5.0, 80.0),
        lift_deg=rng.uniform(2.0, 40.0),
        swing_deg=rng.uniform(-20.0, 40.0),
        lean_deg=rng.uniform(0.0, 40.0),
        careless_deg=rng.uniform(0.0, 20.0),
        tremor_deg=rng.uniform(0.0, 2.0),
        repetitions=int(rng.integers(1, 4)),
    )
    recording, when = performed(person, seed)
    for answer in tell_all(motions_of(recording, when)):
        assert isinstance(answer, Untold) or answer.serial == SERIAL[answer.segment], person


@pytest.mark.parametrize("missing", list(Segment))
def test_a_segment_without_a_sensor_gets_none(missing):
    worn = tuple(segment for segment in Segment if segment is not missing)
    recording, when = performed(Person(), 1, segments=worn)
    for answer in tell_all(motions_of(recording, when)):
        assert isinstance(answer, Untold) or answer.serial == SERIAL[answer.segment]
        if answer.segment is missing:
            assert isinstance(answer, Untold)


def test_lifting_the_other_knee_is_noticed():
    recording, when = performed(Person(careless_deg=0.0, swing_deg=8.0), 2)
    motions = motions_of(recording, when)
    known = {Segment.LEFT_SHIN: SERIAL[Segment.LEFT_SHIN]}
    answer = tell(Step.LIFT_LEFT_KNEE, motions[Step.LIFT_RIGHT_KNEE], known)
    assert "left shin did not move along" in answer.why


def test_moving_the_leg_that_is_known_is_noticed():
    recording, when = performed(Person(), 2)
    motions = motions_of(recording, when)
    known = {Segment.LEFT_SHIN: SERIAL[Segment.LEFT_SHIN]}
    answer = tell(Step.STRAIGHTEN_RIGHT_KNEE, motions[Step.STRAIGHTEN_LEFT_KNEE], known)
    assert "sits on the left shin" in answer.why


def test_a_still_person_is_told_nothing():
    answers = tell_all({step: still_and() for step in Step})
    assert all(isinstance(answer, Untold) for answer in answers)
    assert "No sensor turned enough" in answers[0].why


def test_two_that_move_alike_are_both_named():
    answer = tell(Step.STRAIGHTEN_LEFT_KNEE, still_and(S1=40.0, S2=50.0), {})
    # 50 and 40 degrees a second for ten seconds, but for the last sample.
    assert "S2 by 499°" in answer.why or "S2 by 500°" in answer.why
    assert "S1" in answer.why


@pytest.mark.parametrize("next_dps", [0.0, 20.0, 24.0, 26.0, 49.0])
def test_a_sensor_is_told_only_with_the_margin(next_dps):
    answer = tell(Step.STRAIGHTEN_LEFT_KNEE, still_and(S2=50.0, S4=next_dps), {})
    assert isinstance(answer, Told) == (MINIMUM_RATIO * next_dps <= 50.0)


@pytest.mark.parametrize(
    "turning",
    [
        Turning(np.array([]), np.array([])),
        Turning(np.array([1.0]), np.array([1.0])),
        constant(0.0, seconds=6.0),
        constant(np.nan),
    ],
    ids=["nothing", "one sample", "six of ten seconds", "no numbers"],
)
def test_a_sensor_that_sent_too_little_is_named(turning):
    motion = still_and(S2=50.0)
    motion = replace(motion, turning={**motion.turning, "S4": turning})
    answer = tell(Step.STRAIGHTEN_LEFT_KNEE, motion, {})
    assert "Sensor S4 sent nothing or too little" in answer.why


def test_the_thigh_waits_for_its_shin():
    answer = tell(Step.LIFT_LEFT_KNEE, still_and(S1=50.0), {})
    assert "Straighten that knee first" in answer.why


def test_the_pelvis_waits_for_the_legs():
    known = {Segment.LEFT_SHIN: "S2", Segment.LEFT_THIGH: "S1"}
    answer = tell(Step.STAND_UP, still_and(S0=20.0, S1=40.0), known)
    assert "Begin with the legs" in answer.why


def test_the_pelvis_is_not_told_from_rocking_in_the_chair():
    known = {s: SERIAL[s] for s in Segment if s is not Segment.PELVIS}
    answer = tell(Step.STAND_UP, still_and(S0=20.0), known)
    assert "did not turn as in standing up" in answer.why


def test_nobody_is_left_for_the_pelvis():
    known = {s: SERIAL[s] for s in Segment if s is not Segment.PELVIS}
    motion = still_and(S1=20.0, S3=20.0)
    legs = {serial: turning for serial, turning in motion.turning.items() if serial != "S0"}
    answer = tell(Step.STAND_UP, replace(motion, turning=legs), known)
    assert "No sensor is left for the pelvis" in answer.why


def test_a_constant_offset_is_no_movement():
    time_s = np.arange(0.0, 10.0, 0.01)
    gyr_dps = np.tile([5.0, -8.0, 2.0], (len(time_s), 1))
    motion = StepMotion(0.0, 10.0, {"S0": turning_from_gyr(time_s, gyr_dps)})
    assert turned_deg(motion, "S0") == 0.0


def test_the_turned_angle_is_that_of_the_orientation():
    time_s = np.arange(0.0, 2.001, 0.01)
    half = np.deg2rad(45.0 * time_s) / 2.0
    zero = np.zeros(len(time_s))
    q = np.column_stack((np.cos(half), zero, np.sin(half), zero))
    q[::3] *= -1.0
    motion = StepMotion(0.0, 2.01, {"S0": turning_from_orientation(time_s, q)})
    # 45 degrees a second for 2 s, and the step lasts 2.01 s.
    assert turned_deg(motion, "S0") == pytest.approx(45.0 * 2.01)


def test_the_knee_extensions_of_a_session_tell_the_shins():
    session = simulate_static_session(StaticSession(), CHEAP, RATE_HZ, 3, pelvis_sensor=True)
    for marker in session.recording.markers:
        if marker.label == "knee_extension":
            motion = motion_of(session.recording, marker.start_s, marker.end_s)
            answer = tell(Step(f"straighten_{marker.side}_knee"), motion, {})
            assert answer.serial == SERIAL[answer.segment]
            assert answer.ratio > 10.0


@pytest.mark.parametrize(
    ("step", "start_s", "end_s", "known"),
    [
        # What the person does is seen in the vendor's angles: a knee bent and straightened, then
        # each leg swung while standing.
        (Step.STRAIGHTEN_RIGHT_KNEE, 8.0, 9.0, None),
        (Step.LIFT_RIGHT_KNEE, 9.0, 12.0, Segment.RIGHT_SHIN),
        (Step.LIFT_LEFT_KNEE, 13.0, 16.0, Segment.LEFT_SHIN),
    ],
)
def test_real_legs_that_move_alone_are_told(step, start_s, end_s, known):
    recording = open_recording(ROOT / "recordings" / "isen.parquet")
    motion = motion_of(recording, start_s, end_s, oriented=True)
    answer = tell(step, motion, {known: SERIAL[known]} if known else {})
    assert answer.serial == SERIAL[step.segment]
    # The pelvis of somebody who stands on one leg goes along by a third.
    assert answer.ratio > 2.5


def test_real_jogging_tells_nothing():
    recording = open_recording(ROOT / "recordings" / "isen.parquet")
    motion = motion_of(recording, 27.0, 35.0, oriented=True)
    for step, shin in (
        (Step.STRAIGHTEN_LEFT_KNEE, Segment.LEFT_SHIN),
        (Step.LIFT_LEFT_KNEE, Segment.LEFT_SHIN),
    ):
        assert isinstance(tell(step, motion, {shin: SERIAL[shin]}), Untold)


def test_real_walking_and_sitting_tell_nothing(reference_data):
    recording = accuracy.qmt_recording(reference_data)
    for start_s, end_s in ((41.0, 44.0), (54.0, 78.0), (95.0, 110.0), (110.0, 138.0)):
        motion = motion_of(recording, start_s, end_s)
        assert isinstance(tell(Step.STRAIGHTEN_LEFT_KNEE, motion, {}), Untold)


@pytest.mark.parametrize("step", list(Step))
def test_each_step_says_what_to_do(step):
    side = step.segment.words.split()[0]
    assert side in step.instruction or step is Step.STAND_UP

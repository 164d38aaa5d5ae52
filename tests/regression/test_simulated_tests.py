"""Static tests of a simulated person with bad sensors, against the truth."""

from dataclasses import replace

import numpy as np
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.errors import CalibrationError, NothingMeasuredError, RecordingError
from imu_hip.names import Direction, MarkerLabel, Segment, Sex, Side, Task
from imu_hip.simulation import (
    HARSH,
    PERFECT,
    Fault,
    FaultKind,
    LegPlan,
    SensorErrors,
    StaticSession,
    simulate_static_session,
)

BAR_DEG = 1.0
"""A range of a seated or prone test may be off by this, whatever the mounting and the sensors."""

TWISTED_BAR_DEG = 2.5
POSTURES = [(90.0, 0.0), (75.0, -15.0), (105.0, 15.0)]
ROTATIONS = (Task.SEATED, Task.PRONE)
marked_or_not = pytest.mark.parametrize("marked", [True, False], ids=["marked", "unmarked"])


def simulate(seed=0, errors=HARSH, rate_hz=100.0, **session):
    return simulate_static_session(StaticSession(**session), errors, rate_hz, seed)


def recording_of(session, marked):
    return session.recording if marked else replace(session.recording, markers=())


def true_mean(session, side, direction, name="peak_deg"):
    values = [
        getattr(r, name)
        for r in session.truth.repetitions
        if r.side is side and r.direction is direction and r.fault is None
    ]
    return float(np.mean(values))


def count(test, direction=None):
    return sum(r.direction is direction for r in test.repetitions)


def assert_ranges(results, session, bar_deg, repetitions=3):
    for side in Side:
        for direction in Direction:
            found_deg = results[side].range(direction).mean_deg
            assert found_deg == pytest.approx(true_mean(session, side, direction), abs=bar_deg)
            assert count(results[side], direction) == repetitions
        assert all(r.valid for r in results[side].repetitions)


@marked_or_not
@pytest.mark.parametrize(("knee_deg", "thigh_deg"), POSTURES)
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("task", ROTATIONS)
def test_ranges_are_true_to_a_degree(tests_of, task, seed, knee_deg, thigh_deg, marked):
    session = simulate(seed, task=task, knee_flexion_deg=knee_deg, thigh_elevation_deg=thigh_deg)
    results = tests_of(recording_of(session, marked))
    assert {r.task for r in results.values()} == {task}
    assert_ranges(results, session, BAR_DEG)


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0])
def test_any_usual_rate_will_do(tests_of, rate_hz):
    session = simulate(4, rate_hz=rate_hz)
    assert_ranges(tests_of(session.recording), session, BAR_DEG)


@marked_or_not
@pytest.mark.parametrize("peaks_deg", [(14.0, 15.0, 16.0), (60.0, 62.0, 61.0)])
def test_small_and_large_ranges(tests_of, peaks_deg, marked):
    session = simulate(5, legs={side: LegPlan(peaks_deg, peaks_deg) for side in Side})
    assert_ranges(tests_of(recording_of(session, marked)), session, BAR_DEG)


@pytest.mark.parametrize("number", [1, 2, 5])
def test_the_number_of_repetitions_is_exact(tests_of, number):
    peaks_deg = tuple(35.0 + i for i in range(number))
    session = simulate(6, legs={side: LegPlan(peaks_deg, peaks_deg) for side in Side})
    assert_ranges(tests_of(session.recording), session, BAR_DEG, repetitions=number)


@marked_or_not
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("knee_deg", "thigh_deg"), [(110.0, 10.0), (105.0, 0.0), (120.0, 20.0)])
def test_cross_legged_slope_and_elevation_are_true_to_a_degree(
    tests_of, seed, knee_deg, thigh_deg, marked
):
    session = simulate(
        seed, task=Task.CROSS_LEGGED, knee_flexion_deg=knee_deg, thigh_elevation_deg=thigh_deg
    )
    results = tests_of(recording_of(session, marked))
    for side in Side:
        assert count(results[side]) == 1
        true_deg = true_mean(session, side, None)
        assert results[side].shin_slope_deg == pytest.approx(true_deg, abs=BAR_DEG)
        true_deg = true_mean(session, side, None, "thigh_elevation_deg")
        assert results[side].thigh_elevation_deg == pytest.approx(true_deg, abs=BAR_DEG)


@marked_or_not
def test_a_crossed_leg_is_never_called_femoral_rotation(marked):
    session = simulate(7, task=Task.CROSS_LEGGED)
    angles = analyze(recording_of(session, marked)).angles
    for r in session.truth.repetitions:
        held = (angles.time_s > r.plateau_start_s) & (angles.time_s < r.plateau_end_s)
        assert np.isnan(angles.columns[f"{r.side}_femoral_rotation_deg"][held]).all()
        assert np.isfinite(angles.columns[f"{r.side}_thigh_elevation_deg"][held]).mean() > 0.9


@marked_or_not
@pytest.mark.parametrize("twist_deg", [-10.0, 10.0])
@pytest.mark.parametrize("knee_deg", [75.0, 90.0, 105.0])
@pytest.mark.parametrize("task", ROTATIONS)
def test_a_twisted_tibia_costs_little(tests_of, task, knee_deg, twist_deg, marked):
    session = simulate(8, task=task, knee_flexion_deg=knee_deg, tibial_rotation_deg=twist_deg)
    assert_ranges(tests_of(recording_of(session, marked)), session, TWISTED_BAR_DEG)


FAULTS = (
    (Fault(FaultKind.THIGH_LIFTED, Side.LEFT, Direction.INTERNAL, 2), "the thigh lifted by 1"),
    (Fault(FaultKind.SHORT_PLATEAU, Side.LEFT, Direction.EXTERNAL, 1, 0.02), "held for 0."),
    (Fault(FaultKind.KNEE_NOT_90, Side.RIGHT, Direction.INTERNAL, 3), "the knee was bent 6"),
    (Fault(FaultKind.KNEE_NOT_90, Side.RIGHT, Direction.EXTERNAL, 2, 30.0), "the knee was bent 1"),
)


@marked_or_not
@pytest.mark.parametrize(("fault", "reason"), FAULTS, ids=lambda x: getattr(x, "kind", None))
@pytest.mark.parametrize("task", ROTATIONS)
def test_a_bad_repetition_is_left_out_with_its_reason(tests_of, task, fault, reason, marked):
    # A quick ramp makes the short hold a short one: 40° in 0.5 s.
    quick = {"ramp_s": 0.5} if fault.kind is FaultKind.SHORT_PLATEAU else {}
    session = simulate(9, task=task, faults=(fault,), **quick)
    results = tests_of(recording_of(session, marked))
    for side in Side:
        for direction in Direction:
            mine = (side, direction) == (fault.side, fault.direction)
            repetitions = [r for r in results[side].repetitions if r.direction is direction]
            bad = [i for i, r in enumerate(repetitions, start=1) if not r.valid]
            assert len(repetitions) == 3
            assert bad == ([fault.repetition] if mine else [])
            found_deg = results[side].range(direction).mean_deg
            true_deg = true_mean(session, side, direction)
            assert found_deg == pytest.approx(true_deg, abs=BAR_DEG)
    (wrong,) = [r for r in results[fault.side].repetitions if not r.valid]
    assert wrong.reason.startswith(reason)


def test_a_short_crossing_is_left_out(tests_of):
    session = simulate(
        10,
        task=Task.CROSS_LEGGED,
        legs={side: LegPlan(shin_slope_deg=(22.0, 20.0)) for side in Side},
        faults=(Fault(FaultKind.SHORT_PLATEAU, Side.LEFT, None, 2),),
    )
    results = tests_of(session.recording)
    kept, left_out = results[Side.LEFT].repetitions
    assert kept.valid
    assert left_out.reason.startswith("held for 0.")
    assert results[Side.LEFT].shin_slope_deg == pytest.approx(22.0, abs=BAR_DEG)
    assert results[Side.RIGHT].shin_slope_deg == pytest.approx(21.0, abs=BAR_DEG)


@pytest.mark.parametrize("task", ROTATIONS)
def test_both_legs_doing_the_same_read_the_same(tests_of, task):
    session = simulate(0, PERFECT, task=task, tremor_deg=0.0)
    left, right = (tests_of(session.recording)[side] for side in Side)
    for direction in Direction:
        assert left.range(direction).mean_deg == pytest.approx(
            right.range(direction).mean_deg, abs=0.1
        )
    assert left.total_arc_deg == pytest.approx(right.total_arc_deg, abs=0.1)


MOUNTED = SensorErrors(random_mounting=True)
NO_TREMOR = StaticSession(tremor_deg=0.0)


@pytest.mark.parametrize(
    ("errors", "seed"),
    [
        pytest.param(MOUNTED, 1, id="mounting"),
        pytest.param(MOUNTED, 2, id="other mounting"),
        pytest.param(replace(MOUNTED, facing_deg=130.0), 1, id="facing"),
        pytest.param(
            replace(MOUNTED, orientation=True, heading_spread_deg=180.0), 1, id="and orientation"
        ),
        pytest.param(
            replace(MOUNTED, orientation=True, raw=False, heading_spread_deg=180.0),
            3,
            id="orientation only",
        ),
        pytest.param(
            replace(PERFECT, orientation=True, raw=False, facing_deg=-77.0), 0, id="one earth"
        ),
    ],
)
def test_neither_mounting_nor_facing_changes_an_angle(errors, seed):
    expected = analyze(simulate_static_session(NO_TREMOR, PERFECT).recording).angles
    found = analyze(simulate_static_session(NO_TREMOR, errors, seed=seed).recording).angles
    for name, values in expected.columns.items():
        assert found.columns[name] == pytest.approx(values, abs=0.1, nan_ok=True), name


def warned_of_wrong_side(recording):
    return any("Suspected wrong side" in w for w in analyze(recording).warnings)


@pytest.mark.parametrize("left_out", [(), (MarkerLabel.KNEE_EXTENSION,)], ids=["all", "tests"])
@pytest.mark.parametrize("task", [Task.SEATED, Task.PRONE, Task.CROSS_LEGGED])
def test_exchanged_sides_are_suspected_from_the_markers(swapped, without_labels, task, left_out):
    recording = without_labels(simulate(11, task=task).recording, *left_out)
    assert not warned_of_wrong_side(recording)
    assert warned_of_wrong_side(swapped(recording))


@marked_or_not
@pytest.mark.parametrize("task", [Task.SEATED, Task.PRONE, Task.CROSS_LEGGED])
def test_without_standing_nothing_good_is_claimed(task, marked):
    session = simulate(12, task=task, stand_s=0.0)
    try:
        analysis = analyze(recording_of(session, marked))
    except CalibrationError as error:
        assert "standing" in error.advice  # noqa: PT017
    else:
        assert all(leg.uncertainty_deg > 2.0 for leg in analysis.calibration)


def test_one_leg_is_measured_alone(with_segments):
    session = simulate(13)
    left = with_segments(session.recording, Segment.LEFT_THIGH, Segment.LEFT_SHIN)
    analysis = analyze(left)
    assert [r.side for r in analysis.results] == [Side.LEFT]
    assert analysis.comparisons == ()
    assert np.isnan(analysis.angles.columns["right_femoral_rotation_deg"]).all()


def test_a_leg_without_its_shin_is_left_out_with_a_warning(with_segments):
    session = simulate(13)
    three = with_segments(
        session.recording, Segment.LEFT_THIGH, Segment.LEFT_SHIN, Segment.RIGHT_THIGH
    )
    analysis = analyze(three)
    assert [r.side for r in analysis.results] == [Side.LEFT]
    assert any("right shin sensor is missing" in w for w in analysis.warnings)


def test_thighs_alone_measure_nothing(with_segments):
    session = simulate(13)
    thighs = with_segments(session.recording, Segment.LEFT_THIGH, Segment.RIGHT_THIGH)
    with pytest.raises(RecordingError, match="left thigh, right thigh") as caught:
        analyze(thighs)
    assert "shin" in caught.value.advice


@marked_or_not
def test_a_silent_sensor_leaves_a_gap_and_nothing_else(silent, marked):
    # The left shin is silent during the second and third internal rotation of the left leg.
    session = simulate(14)
    second, third = [
        r
        for r in session.truth.repetitions
        if r.side is Side.LEFT and r.direction is Direction.INTERNAL
    ][1:]
    start_s = second.start_s - 0.5
    recording = silent(recording_of(session, marked), Segment.LEFT_SHIN, start_s, start_s + 10.0)
    assert third.start_s < start_s + 10.0 < third.plateau_end_s + 2.0
    analysis = analyze(recording)
    assert any("left shin sensor was silent for 10.0 s" in w for w in analysis.warnings)
    angles = analysis.angles
    inside = (angles.time_s > start_s + 0.02) & (angles.time_s < start_s + 9.98)
    for name in ("left_femoral_rotation_deg", "left_knee_flexion_deg"):
        assert np.isnan(angles.columns[name][inside]).all()
    assert np.isfinite(angles.columns["right_femoral_rotation_deg"][inside]).mean() > 0.9
    results = {r.side: r for r in analysis.results}
    internal = results[Side.LEFT].internal.mean_deg
    assert internal == pytest.approx(true_mean(session, Side.LEFT, Direction.INTERNAL), abs=2.0)
    for side, direction in ((Side.LEFT, Direction.EXTERNAL), (Side.RIGHT, Direction.INTERNAL)):
        found_deg = results[side].range(direction).mean_deg
        true_deg = true_mean(session, side, direction)
        assert found_deg == pytest.approx(true_deg, abs=BAR_DEG)
        assert count(results[side], direction) == 3


def test_a_difference_between_the_legs_is_measured():
    legs = {
        Side.LEFT: LegPlan((25.0, 26.0, 27.0), (41.0, 42.0, 43.0)),
        Side.RIGHT: LegPlan((36.0, 37.0, 38.0), (41.0, 42.0, 43.0)),
    }
    by_name = {d.measure: d for d in analyze(simulate(15, legs=legs).recording).comparisons}
    assert by_name["internal"].difference_deg == pytest.approx(11.0, abs=1.0)
    assert by_name["internal"].measurable
    assert by_name["external"].difference_deg == pytest.approx(0.0, abs=1.0)
    assert not by_name["external"].measurable


def test_sex_and_task_can_be_chosen(tests_of):
    session = simulate(16)
    results = tests_of(session.recording, task=Task.SEATED, sex=Sex.FEMALE)
    assert {p.sex for p in results[Side.LEFT].internal.norms} == {Sex.FEMALE}
    with pytest.raises(NothingMeasuredError, match="no prone"):
        analyze(session.recording, task=Task.PRONE)


@marked_or_not
def test_phases_name_what_was_done(marked):
    session = simulate(17)
    phases = analyze(recording_of(session, marked)).phases
    assert {p.marked for p in phases} == {marked}
    for marker in session.recording.markers:
        inside = [
            p
            for p in phases
            if p.label is marker.label
            and (marker.side is None or p.concerns(marker.side))
            and p.start_s < marker.end_s
            and p.end_s > marker.start_s
        ]
        assert inside, marker
    assert [p.start_s for p in phases] == sorted(p.start_s for p in phases)

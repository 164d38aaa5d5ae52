"""The Python API: one call from a recording of a run to results and tables."""

from dataclasses import replace

import numpy as np
import pytest

import imu_hip
from imu_hip.errors import NothingMeasuredError
from imu_hip.names import Side, Task
from imu_hip.recording.formats import write_recording
from imu_hip.simulation import (
    PERFECT,
    GaitPlan,
    StaticSession,
    simulate_run,
    simulate_static_session,
)

RATE_HZ = 60.0


@pytest.fixture(scope="module")
def recording():
    plan = GaitPlan(duration_s=40.0, excursion_difference_deg=10.0)
    return simulate_run(plan, PERFECT, RATE_HZ, seed=1).recording


@pytest.fixture(scope="module")
def run(recording):
    return imu_hip.analyze_run(recording)


def test_both_legs_and_their_comparison_are_returned(run):
    assert list(run.legs) == [Side.LEFT, Side.RIGHT]
    assert {leg.task for leg in run.legs.values()} == {Task.RUN}
    assert run.comparison is run.analysis.gait_comparisons[0]
    assert run.reserves == ()
    assert run.hip_curves == ()


def test_a_path_gives_what_its_recording_gives(run, recording, tmp_path):
    path = tmp_path / "run.parquet"
    write_recording(recording, path)
    for given in (path, str(path)):
        again = imu_hip.analyze_run(given)
        assert again.legs[Side.LEFT].curve_deg == pytest.approx(run.legs[Side.LEFT].curve_deg)


def test_the_table_holds_each_quantity_of_each_leg(run):
    table = run.to_frame().set_index(["side", "quantity"])
    assert table.index.is_unique
    for side, leg in run.legs.items():
        own = table.loc[str(side)]
        assert (own["strides"] == leg.strides).all()
        assert own.loc["cadence", "mean"] == leg.cadence_spm
        for quantity, one in leg.statistics.items():
            expected = (one.mean, one.sd, one.low, one.high)
            found = own.loc[str(quantity), ["mean", "sd", "low", "high"]].tolist()
            assert found == pytest.approx(expected, nan_ok=True)


def test_the_table_holds_each_difference_of_the_legs(run):
    table = run.to_frame().set_index(["side", "quantity"])
    difference = table.loc["right minus left"]
    assert set(difference.index) == {str(quantity) for quantity in run.comparison.differences}
    # Angles differ by the difference of the two rows above; times wrap around.
    angles = difference.index[difference["unit"] == "°"]
    expected = table.loc["right", "mean"][angles] - table.loc["left", "mean"][angles]
    assert difference.loc[angles, "mean"].tolist() == pytest.approx(expected.tolist(), nan_ok=True)
    assert difference.loc["cycle_excursion", "mdc95"] == run.comparison.mdc95_deg


def test_the_strides_of_both_legs_come_in_the_order_of_time(run):
    strides = run.strides_frame()
    assert strides["strike_s"].is_monotonic_increasing
    counts = strides["side"].value_counts()
    assert {side: counts[str(side)] for side in Side} == {
        side: leg.strides for side, leg in run.legs.items()
    }


def test_the_curves_have_a_row_for_each_leg_and_percent(run):
    curves = run.curves_frame()
    assert len(curves) == 2 * 101
    left = curves[curves["side"] == "left"]
    assert left["percent"].tolist() == list(range(101))
    assert left["mean_deg"].to_numpy() == pytest.approx(run.legs[Side.LEFT].curve_deg)


def test_the_angles_become_a_table_over_time(run):
    table = run.angles.to_frame()
    assert table.columns[0] == "time_s"
    assert len(table) == len(run.angles.time_s)
    name = "right_knee_flexion_deg"
    np.testing.assert_array_equal(table[name], run.angles.columns[name])


def test_one_leg_alone_has_no_comparison(recording):
    left = {s: one for s, one in recording.streams.items() if s.value.startswith("left")}
    alone = imu_hip.analyze_run(replace(recording, streams=left))
    assert list(alone.legs) == [Side.LEFT]
    assert alone.comparison is None
    assert set(alone.to_frame()["side"]) == {"left"}


def test_a_seated_test_is_no_run():
    seated = simulate_static_session(StaticSession(), PERFECT, RATE_HZ, 1).recording
    with pytest.raises(NothingMeasuredError, match="no walking or running"):
        imu_hip.analyze_run(seated)


def test_a_passive_test_gives_the_reserve_of_both_legs(recording):
    seated = simulate_static_session(StaticSession(), PERFECT, RATE_HZ, 1).recording
    run = imu_hip.analyze_run(recording, passive=seated)
    assert {reserve.side for reserve in run.reserves} == set(Side)
    assert {reserve.position for reserve in run.reserves} == {Task.SEATED}

"""What a plan means: movements, links and the sensors' own settings."""

import numpy as np
import pytest

from imu_hip.bluetooth.virtual.plan import parse_plan
from imu_hip.bluetooth.virtual.scenes import (
    link_settings,
    movement_recording,
    sensor_settings,
    worn_by,
)
from imu_hip.errors import RecordingError
from imu_hip.names import Segment, Side
from imu_hip.simulation.live_person import LivePerson

LEGS = set(Segment) - {Segment.PELVIS}


@pytest.mark.parametrize(
    ("play", "segments"),
    [
        ("seated", LEGS),
        ("prone", LEGS),
        ("cross-legged", LEGS),
        ("walk", set(Segment)),
        ("run", set(Segment)),
        ("steps", set(Segment)),
    ],
)
def test_every_movement_is_simulated_with_all_that_sensors_measure(play, segments):
    recording = movement_recording(play, 0)
    assert recording.simulated
    assert set(recording.streams) == segments
    for stream in recording.streams.values():
        assert stream.sampling_rate_hz == 240.0
        for values in (stream.q_earth_sensor, stream.acc_mps2, stream.gyr_dps):
            assert np.isfinite(values).all()
    assert 40.0 < recording.duration_s < 200.0


def test_the_seed_decides_the_errors_of_a_movement():
    first, again, other = (
        movement_recording("steps", seed).streams[Segment.LEFT_SHIN].gyr_dps for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.0


def test_a_guided_person_wears_the_sensors_of_a_guided_plan():
    person = worn_by(parse_plan("dot,play=guided,right=24/40,seed=5"))
    assert isinstance(person, LivePerson)
    assert person.traits.legs[Side.RIGHT].internal_deg == (24.0,)
    one, other = (
        worn_by(parse_plan(f"dot,play=guided,seed={seed}")).movement(Segment.PELVIS)
        for seed in (5, 6)
    )
    now = np.array([1.0])
    felt = person.movement(Segment.PELVIS).at(now).gyr_dps
    np.testing.assert_array_equal(felt, one.at(now).gyr_dps)
    assert np.abs(felt - other.at(now).gyr_dps).max() > 0.0
    assert worn_by(parse_plan("dot,play=steps")).simulated


def test_a_recording_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RecordingError, match=r"no file .*missing\.parquet"):
        movement_recording(str(tmp_path / "missing.parquet"), 0)


def test_a_file_that_holds_no_recording_is_refused(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear Sir or Madam")
    with pytest.raises(RecordingError, match=r"letter\.txt is in no format"):
        movement_recording(str(path), 0)


def test_a_plan_sets_the_links():
    links = link_settings(parse_plan("dot,interval_ms=30,missed=0.1,lost=0.2,queue=9,seed=4"))
    assert links.connection_interval_s == pytest.approx(0.030)
    assert links.missed_event_fraction == 0.1
    assert links.lost_fraction == 0.2
    assert links.queue_packets == 9
    assert links.seed == 4


def test_sensors_of_a_plan_differ_in_serial_tag_clock_and_drift():
    plan = parse_plan("dot,drift_ppm=40,battery=12,export_per_s=50")
    sensors = [sensor_settings(plan, segment) for segment in Segment]
    assert [sensor.tag for sensor in sensors] == [segment.value for segment in Segment]
    assert len({sensor.serial for sensor in sensors}) == len(sensors)
    assert len({sensor.clock_start_s for sensor in sensors}) == len(sensors)
    # Neighbours drift to opposite sides, the worst that two clocks can do to each other.
    assert [sensor.drift_ppm for sensor in sensors] == [40.0, -40.0, 40.0, -40.0, 40.0]
    assert {sensor.battery_percent for sensor in sensors} == {12.0}
    assert {sensor.export_rate_per_s for sensor in sensors} == {50.0}

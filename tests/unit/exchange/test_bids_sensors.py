import json

import numpy as np
import pytest

from imu_hip.exchange.bids_sensors import sensors_of
from imu_hip.names import Segment


def by_name(system):
    return {channel.name: channel for channel in system.channels}


def test_sensors_on_one_clock_share_their_times(on_one_clock):
    system = sensors_of(on_one_clock)
    channels = by_name(system)
    assert [name for name in channels if "latency" in name] == ["latency"]
    # The recording begins at 3 s and measures every 0.02 s.
    assert channels["latency"].values == pytest.approx(np.arange(10) * 0.02)
    assert (channels["latency"].type, channels["latency"].units) == ("LATENCY", "s")
    acc = channels["left_thigh_acc_y"]
    assert (acc.type, acc.component, acc.units) == ("ACCEL", "y", "m/s^2")
    assert (acc.tracked_point, acc.placement) == ("left_thigh", "left thigh")
    assert np.array_equal(acc.values, on_one_clock.streams[Segment.LEFT_THIGH].acc_mps2[:, 1])
    gyr = channels["left_shin_gyr_z"]
    assert (gyr.type, gyr.units, gyr.reference_frame) == ("GYRO", "deg/s", "sensor")
    orientation = channels["left_shin_orientation_w"]
    assert (orientation.type, orientation.component) == ("ORNT", "quat_w")
    assert (orientation.units, orientation.reference_frame) == ("n/a", "earth")
    assert not any(name.startswith("left_thigh_orientation") for name in channels)


def test_what_is_said_counts_the_channels(on_one_clock):
    said = json.loads(sensors_of(on_one_clock).motion_json({"TaskName": "seated"}))
    # One time, two sensors with six raw channels each, one orientation of four.
    assert said["MotionChannelCount"] == 17
    counts = {key: n for key, n in said.items() if key.endswith("ChannelCount") and n}
    assert counts == {
        "MotionChannelCount": 17,
        "ACCELChannelCount": 6,
        "GYROChannelCount": 6,
        "ORNTChannelCount": 4,
        "LATENCYChannelCount": 1,
    }
    assert said["TrackedPointsCount"] == 2
    assert said["SamplingFrequency"] == 50.0
    assert said["SamplingFrequencyEffective"] == pytest.approx(50.0)
    assert said["RecordingDuration"] == pytest.approx(0.2)
    assert said["ManufacturersModelName"] == "DOT"
    assert "firmware 2.0.0" in said["SoftwareVersions"]
    assert said["SubjectArtefactDescription"] == "No sample was lost."


def test_no_sample_of_sensors_on_their_own_clocks_is_lost(on_own_clocks):
    channels = by_name(sensors_of(on_own_clocks))
    for segment, stream in on_own_clocks.streams.items():
        latency = channels[f"{segment}_latency"].values
        kept = np.isfinite(latency)
        assert np.array_equal(latency[kept], stream.time_s - on_own_clocks.start_s)
        for axis, name in enumerate("xyz"):
            own = channels[f"{segment}_gyr_{name}"].values
            assert np.array_equal(np.isfinite(own), kept)
            assert np.array_equal(own[kept], stream.gyr_dps[:, axis])


def test_lost_samples_are_empty_and_rows_keep_to_the_time(on_own_clocks):
    system = sensors_of(on_own_clocks)
    channels = by_name(system)
    thigh, shin = (channels[f"left_{part}_latency"].values for part in ("thigh", "shin"))
    assert len(thigh) == len(shin) == 40
    assert np.isfinite(thigh).all()
    assert np.flatnonzero(np.isnan(shin)).tolist() == [7, 8, 9]
    # Rows are those of the nearest time: at most a sample of jitter and offset between sensors.
    assert np.nanmax(np.abs(thigh - shin)) < 1.0 / 50.0
    said = json.loads(system.motion_json({}))
    assert said["SubjectArtefactDescription"] == "Samples lost on the way: left shin 3."
    assert "n/a" in "".join(system.motion_tsv()).splitlines()[7].split("\t")


def test_two_samples_at_one_time_take_two_rows(make_stream, on_own_clocks):
    # Radio jitter of most of a period: 0.98 and 1.02 periods both round to row 1.
    period = 1.0 / 50.0
    time_s = np.array([0.0, 0.98, 1.02, 3.0, 4.0, 5.0]) * period
    stream = make_stream(Segment.LEFT_THIGH, time_s)
    jittered = type(on_own_clocks)(
        {
            Segment.LEFT_THIGH: stream,
            Segment.LEFT_SHIN: make_stream(Segment.LEFT_SHIN, np.arange(6) * period),
        }
    )
    latency = by_name(sensors_of(jittered))["left_thigh_latency"].values
    assert latency.tolist() == pytest.approx(time_s.tolist())


def test_a_slower_sensor_leaves_rows_empty(make_stream, on_own_clocks):
    fast = make_stream(Segment.LEFT_THIGH, np.arange(8) / 100.0, 100.0)
    slow = make_stream(Segment.LEFT_SHIN, np.arange(4) / 50.0, 50.0)
    both = type(on_own_clocks)({one.segment: one for one in (fast, slow)})
    channels = by_name(sensors_of(both))
    assert np.flatnonzero(np.isfinite(channels["left_shin_acc_x"].values)).tolist() == [0, 2, 4, 6]
    assert channels["left_shin_acc_x"].sampling_frequency == 50.0
    assert json.loads(sensors_of(both).motion_json({}))["SamplingFrequency"] == 100.0


def test_nobody_is_named(on_one_clock):
    system = sensors_of(on_one_clock)
    texts = (system.motion_json({}), system.channels_tsv(), system.channels_json())
    assert not any("Jane" in text or "Doe" in text for text in texts)

"""Whatever was lost, an export holds every number that was measured and no other."""

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imu_hip.analysis.results import AngleTable
from imu_hip.errors import NothingMeasuredError
from imu_hip.exchange.angle_columns import Angle
from imu_hip.exchange.bids_angles import angles_of
from imu_hip.exchange.bids_sensors import sensors_of
from imu_hip.exchange.opensim_mot import COORDINATE, LETTER, write_mot
from imu_hip.exchange.tidy_csv import write_tidy_csv
from imu_hip.names import Segment, Side
from imu_hip.recording.recording import Recording, SensorStream

RATE_HZ = 60.0
NUMBER = st.floats(-180.0, 180.0).map(lambda value: round(value, 3) + 0.0)
CELL = st.one_of(NUMBER, st.just(math.nan))


@st.composite
def tables(draw):
    """Angles of some legs with holes anywhere."""
    n = draw(st.integers(1, 12))
    names = st.tuples(st.sampled_from(Side), st.sampled_from(Angle))
    chosen = draw(st.lists(names, min_size=1, max_size=6, unique=True))
    cells = st.lists(CELL, min_size=n, max_size=n)
    columns = {f"{side}_{angle}_deg": np.array(draw(cells)) for side, angle in chosen}
    start_s = draw(st.integers(0, 1000))
    return AngleTable(start_s + np.arange(n) / RATE_HZ, RATE_HZ, columns)


def measured(table):
    return {
        (round(float(t), 6), name, float(value))
        for name, values in table.columns.items()
        for t, value in zip(table.time_s, values, strict=True)
        if np.isfinite(value)
    }


def written(write, table):
    """Lines of a file, None where nothing was measured that it could hold."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out"
        try:
            write(table, path)
        except NothingMeasuredError:
            assert not list(Path(folder).iterdir())
            return None
        return path.read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module", autouse=True)
def _imported():
    """What only writing imports, so that the first example is not timed with it."""
    table = AngleTable(np.zeros(1), RATE_HZ, {"left_knee_flexion_deg": np.zeros(1)})
    for write in (write_tidy_csv, write_mot):
        assert written(write, table)


@given(tables())
def test_a_tidy_table_has_one_row_for_each_number(table):
    lines = written(write_tidy_csv, table)
    wanted = measured(table)
    if lines is None:
        assert not wanted
        return
    rows = [line.split(",") for line in lines[1:]]
    assert len(rows) == len(wanted)
    assert {(float(t), f"{side}_{angle}_deg", float(x)) for t, side, angle, x in rows} == wanted


@given(tables())
def test_opensim_gets_whole_rows_only(table):
    lines = written(write_mot, table)
    own = {
        f"{COORDINATE[angle]}_{LETTER[side]}": table.columns[f"{side}_{angle}_deg"]
        for side in Side
        for angle in COORDINATE
        if np.isfinite(table.columns.get(f"{side}_{angle}_deg", np.array([]))).any()
    }
    whole = np.logical_and.reduce([np.isfinite(values) for values in own.values()])
    if lines is None:
        assert not np.any(whole) or not own
        return
    names, *rows = lines[lines.index("endheader") + 1 :]
    assert set(names.split("\t")) == {"time", *own}
    assert len(rows) == whole.sum() > 0
    for place, name in enumerate(names.split("\t")):
        wanted = table.time_s if name == "time" else own[name]
        got = [float(row.split("\t")[place]) for row in rows]
        assert got == pytest.approx(wanted[whole], abs=1e-6)


@given(tables())
def test_bids_angles_keep_their_holes(table):
    assume(measured(table))
    system = angles_of(table, start_s=float(table.time_s[0]))
    rows = [line.split("\t") for line in "".join(system.motion_tsv()).splitlines()]
    assert len(rows) == len(table.time_s)
    for place, channel in enumerate(system.channels[1:], start=1):
        got = [math.nan if row[place] == "n/a" else float(row[place]) for row in rows]
        assert got == pytest.approx(table.columns[f"{channel.name}_deg"], nan_ok=True)


@st.composite
def recordings(draw):
    """Two sensors with offsets, drift, jitter and lost samples of their own."""
    streams = {}
    for segment in (Segment.LEFT_THIGH, Segment.LEFT_SHIN):
        n = draw(st.integers(60, 90))
        kept = np.ones(n, dtype=bool)
        kept[draw(st.lists(st.integers(2, n - 3), max_size=6))] = False
        rate_hz = RATE_HZ * (1.0 + draw(st.floats(-2e-4, 2e-4)))
        jitter = draw(st.floats(0.0, 0.4)) * np.sin(draw(st.integers(1, 9)) * np.arange(n))
        time_s = draw(st.floats(0.0, 0.5)) + (np.arange(n) + jitter) / rate_hz
        values = np.arange(3.0 * n).reshape(n, 3)[kept]
        streams[segment] = SensorStream(
            segment, time_s[kept], RATE_HZ, acc_mps2=values, gyr_dps=-values
        )
    return Recording(streams)


@given(recordings())
def test_every_sample_of_every_sensor_is_in_a_row_of_its_time(recording):
    system = sensors_of(recording)
    channels = {channel.name: channel.values for channel in system.channels}
    # What the sidecar says; jitter at the ends of a second makes it up to a hundredth wrong.
    rows_hz = system.details["SamplingFrequencyEffective"]
    assert rows_hz == pytest.approx(RATE_HZ, rel=0.01)
    rows = np.arange(len(channels["left_thigh_acc_x"]))
    for segment, stream in recording.streams.items():
        latency = channels.get(f"{segment}_latency", channels.get("latency"))
        kept = np.isfinite(latency)
        assert np.array_equal(latency[kept], stream.time_s - recording.start_s)
        assert np.array_equal(channels[f"{segment}_acc_y"][kept], stream.acc_mps2[:, 1])
        assert np.array_equal(np.isfinite(channels[f"{segment}_gyr_z"]), kept)
        # Half a row for the nearest one, one more where jitter pushed a sample on.
        assert np.abs(rows[kept] - latency[kept] * rows_hz).max() < 1.6

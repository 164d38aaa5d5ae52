"""The gallery: every example runs as its first lines say, and prints what is true."""

import importlib.util
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imu_hip.bluetooth.drivers.driver import Advertised
from imu_hip.bluetooth.drivers.registry import known_drivers, recognise
from imu_hip.bluetooth.drivers.samples import Sample, Skipped
from imu_hip.errors import RecordingError
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.formats import open_recording
from tests.plugged_in import plug_in

FOLDER = Path(__file__).parent
SEATED = FOLDER.parents[1] / "recordings" / "simulated_seated.parquet"


def run_example(name, *arguments, folder):
    command = [sys.executable, str(FOLDER / name), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


def lines_of(done):
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def exported_by_the_app(recording, folder):
    """The files that the app of Movella DOT writes: one a sensor, values of sensors as they are."""
    folder.mkdir()
    columns = "PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z"
    for segment, stream in recording.streams.items():
        head = ["sep=,", f"DeviceTag:,{segment.value}", "SyncStatus:,Synced", "OutputRate:,60Hz"]
        ticks = np.rint(stream.time_s * 1e6).astype(int) + 5_000_000
        rows = [
            f"{number},{tick}," + ",".join(f"{value:.6f}" for value in (*acc, *gyr))
            for number, (tick, acc, gyr) in enumerate(
                zip(ticks, stream.acc_mps2, stream.gyr_dps, strict=True), start=1
            )
        ]
        text = "\n".join([*head, "", columns, *rows])
        (folder / f"{segment.value}.csv").write_text(text, encoding="utf-8")
    return folder


def test_a_movella_export_is_imported_kept_and_measured(tmp_path):
    # The left hip of the simulated person turns inward 11° less than the right one.
    source = open_recording(SEATED)
    export = exported_by_the_app(source, tmp_path / "export")
    lines = lines_of(run_example("import_movella_export.py", export, folder=tmp_path))
    assert sum(line.endswith(" s") for line in lines) == len(source.streams) == 4
    kept = open_recording(tmp_path / "session.parquet")
    assert kept.streams.keys() == source.streams.keys()
    degrees = {line.split(":")[0]: line.split(": ")[1] for line in lines if "°" in line}
    inward = {
        side: int(degrees[f"{side}, inward turn, foot moves out"].split("°")[0])
        for side in ("left", "right")
    }
    assert inward["right"] - inward["left"] == pytest.approx(11, abs=1.5)
    assert all(re.fullmatch(r"\d+° ± \d+°", words) for words in degrees.values())


def test_what_is_no_export_is_said_in_a_sentence(tmp_path):
    done = run_example("import_movella_export.py", tmp_path, folder=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "no recording" in done.stderr


def test_two_runs_differ_where_they_were_made_to(tmp_path):
    # The second run turns 8° more; half of it lies within the error of about 4°.
    lines = lines_of(run_example("compare_two_runs.py", folder=tmp_path))
    changes = [line for line in lines if "cycle excursion" in line]
    assert len(changes) == 2
    for line in changes:
        change, error = map(float, re.search(r"([+-]\d+\.\d) ± (\d+\.\d)°", line).groups())
        assert abs(change - 8.0) < error
        assert line.endswith(": measurable") == (change > error)
    assert any(line.endswith("no measurable difference") for line in lines)


def test_a_protocol_of_ones_own_is_rehearsed(tmp_path):
    lines = lines_of(run_example("custom_protocol.py", folder=tmp_path))
    said = [line.split(" s  ")[1] for line in lines if " s  " in line]
    for side in ("left", "right"):
        assert said.count(f"Outward turn: {side} foot moves in") == 2
    assert said.count("Hold for three seconds") == 4
    assert said[-1] == "Done"
    assert lines[-1].startswith("4 turns counted in ")


@pytest.mark.parametrize(
    ("protocol", "end"), [("cross_legged", "6 turns counted in"), ("stretch", " bouts in ")]
)
def test_any_protocol_can_be_rehearsed(tmp_path, protocol, end):
    assert end in lines_of(run_example("custom_protocol.py", protocol, folder=tmp_path))[-1]


def test_a_faulty_protocol_is_refused_with_its_faults(tmp_path):
    text = (FOLDER / "clinic_protocol.toml").read_text(encoding="utf-8")
    bad = tmp_path / "bad.toml"
    bad.write_text(text.replace("hold_s = 3.0", "hold_s = 30.0"), encoding="utf-8")
    done = run_example("custom_protocol.py", bad, folder=tmp_path)
    assert done.returncode == 1
    assert "hold_s" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_virtual_sensors_of_an_own_kind_are_recorded(tmp_path):
    lines = lines_of(run_example("virtual_pebbles.py", folder=tmp_path))
    assert lines[-1] == "recorded: pebbles.parquet"
    recording = open_recording(tmp_path / "pebbles.parquet")
    assert recording.simulated
    felt = open_recording(SEATED)
    for segment in (Segment.LEFT_THIGH, Segment.LEFT_SHIN):
        stream = recording.streams[segment]
        assert stream.sensor.serial == f"PB-{segment}"
        assert len(stream.time_s) == pytest.approx(300, abs=30)
        # They stand still for the first 7 s; a count is 1/200 m/s², noise some hundredths.
        stood = felt.streams[segment].acc_mps2[:200].mean(axis=0)
        assert stream.acc_mps2.mean(axis=0) == pytest.approx(stood, abs=0.03)


@pytest.fixture(scope="module")
def own_sensor():
    return load("own_sensor")


@cache
def load(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@given(st.binary(max_size=40))
def test_bytes_of_any_kind_are_a_sample_or_are_left_out(packet):
    decoded = load("own_sensor").decode(packet)
    assert isinstance(decoded, Sample if len(packet) == 18 else Skipped)


def test_a_golden_packet_of_the_own_sensor_is_read(own_sensor):
    # Count 513, 123456 µs, 9.81 m/s² are 1962 counts up, 90 °/s are 1440 counts about z.
    packet = bytes.fromhex("0102 40e20100 00000000aa07 00000000a005")
    told = Sample(123456, 513, acc_mps2=(0.0, 0.0, 9.81), gyr_dps=(0.0, 0.0, 90.0))
    assert own_sensor.decode(packet) == told


def test_an_installed_driver_is_known_to_every_command(tmp_path, monkeypatch, own_sensor):
    plug_in(tmp_path, monkeypatch, "imu_hip.drivers", "pebble", "own_sensor:DRIVER")
    shutil.copy(FOLDER / "own_sensor.py", tmp_path)
    advertised = Advertised("Pebble", service_uuids=frozenset({own_sensor.SERVICE}))
    assert recognise(advertised) is None
    assert recognise(advertised, known_drivers()).name == "pebble"


def logged(folder):
    """A file of the own format: a second at rest on the left leg, thigh level and shin upright."""
    rows = [
        f"{10 * n};{place};{ax};0;{az};0;0;0.5"
        for n in range(100)
        for place, ax, az in (("TL", 0, 1), ("SL", 1, 0))
    ]
    path = folder / "session.knee"
    path.write_text("\n".join(["#knee-logger 1", *rows]), encoding="utf-8")
    return path


def test_a_format_of_ones_own_is_read_by_its_own_script(tmp_path):
    lines = lines_of(run_example("own_format.py", logged(tmp_path), folder=tmp_path))
    assert lines == ["left thigh: 100 samples, 100 Hz", "left shin: 100 samples, 100 Hz"]


def test_an_installed_format_is_read_like_any_other(tmp_path, monkeypatch):
    path = logged(tmp_path)
    with pytest.raises(RecordingError, match="no format that is known"):
        open_recording(path)
    plug_in(tmp_path, monkeypatch, "imu_hip.formats", "knee_logger", "own_format:FORMAT")
    shutil.copy(FOLDER / "own_format.py", tmp_path)
    recording = open_recording(path)
    assert recording.streams[Segment.LEFT_SHIN].acc_mps2[0].tolist() == [GRAVITY_MPS2, 0.0, 0.0]
    # Its own errors are sentences as well.
    path.write_text("#knee-logger 1\n0;XX;0;0;1;0;0;0\n", encoding="utf-8")
    with pytest.raises(RecordingError, match="place 'XX'"):
        open_recording(path)


@pytest.mark.slow
def test_a_study_is_measured_once_and_its_groups_are_compared(tmp_path):
    # Turns of 40, 41, 40° and so on: means a third of a degree above the first number, within
    # the error of a measured range; two people a group.
    first = lines_of(run_example("cohort_of_a_study.py", folder=tmp_path))
    assert first[0] == "4 recordings measured, 0 kept from before, 0 failed"
    inward = dict(
        re.findall(r"^(\w+): (\d+)° inward turn, 2 people$", "\n".join(first), re.MULTILINE)
    )
    assert int(inward["walkers"]) == pytest.approx(39.3, abs=1.0)
    assert int(inward["runners"]) == pytest.approx(31.3, abs=1.0)


def test_every_script_says_how_it_is_run_and_has_a_test():
    here = Path(__file__).read_text(encoding="utf-8")
    for script in FOLDER.glob("[!t]*.py"):
        own = FOLDER / f"test_{script.name}"
        assert own.exists() or script.stem in here
        said = script.read_text(encoding="utf-8")
        assert said.startswith('"""')
        runs = "__main__" in said
        assert (f"python {script.name}" in said) == runs

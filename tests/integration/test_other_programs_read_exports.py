"""OpenSim and the official BIDS validator on what `imu-hip export` writes."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import numpy as np
import pytest

from imu_hip.analysis.analyze import analyze
from imu_hip.names import OPENSIM_NAME, Side
from imu_hip.recording.formats import open_recording

pytestmark = pytest.mark.slow

READER = Path(__file__).with_name("opensim_reader.py")
RECORDING = Path(__file__).parents[2] / "recordings" / "isen.parquet"
PACKAGES = ("opensim==4.6", "bids-validator-deno==3.0.2")
BAR_DEG = 0.001
LETTER = {Side.LEFT: "l", Side.RIGHT: "r"}


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The folder of executables of an environment that has OpenSim and the BIDS validator."""
    given = os.environ.get("IMU_HIP_TEST_PROGRAMS")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("programs")
    venv.create(folder, with_pip=True)
    found = folder / ("Scripts" if sys.platform == "win32" else "bin")
    done = subprocess.run(
        [found / "python", "-m", "pip", "install", "--quiet", *PACKAGES],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    if done.returncode:
        missing = f"pip cannot install {', '.join(PACKAGES)}: {done.stderr[-300:]}"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    return found


@pytest.fixture(scope="module")
def isen():
    return analyze(open_recording(RECORDING))


@pytest.fixture
def read(programs, cli, tmp_path):
    """What OpenSim finds in the angles and the segments of the real run with a pelvis sensor."""
    assert cli("export", RECORDING, "angles.mot").status == 0
    assert cli("export", RECORDING, "segments.sto", "--segments").status == 0
    assert cli("export", RECORDING, "sensors.sto").status == 0
    files = ("angles.mot", "sensors.sto", "segments.sto")
    subprocess.run(
        [programs / "python", READER, *files, "10", "11", "read.json"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=120,
    )
    return json.loads((tmp_path / "read.json").read_text(encoding="utf-8"))


def expected(analysis, name):
    quantity, side = name.rsplit("_", 1)
    ours = {"knee_angle": "knee_flexion"}.get(quantity, quantity)
    side = {letter: side for side, letter in LETTER.items()}[side]
    return analysis.angles.columns[f"{side}_{ours}_deg"]


def at(analysis, time_s):
    return np.searchsorted(analysis.angles.time_s, np.asarray(time_s) - 1e-3)


def worst(got, wanted):
    assert len(got) == len(wanted)
    return np.abs(np.asarray(got) - wanted).max()


def test_opensim_finds_the_same_angles(read, isen):
    # One test, because installing OpenSim and starting it take far longer than what it checks.
    mot = read["mot"]
    assert mot["in_degrees"]
    rows = at(isen, mot["time"])
    assert len(rows) == len(isen.angles.time_s)
    assert len(mot["table"]) == 10
    for name in mot["table"]:
        for reader in ("table", "storage"):
            # Six decimals are written.
            assert worst(mot[reader][name], expected(isen, name)[rows]) < 1e-6, (reader, name)
    sensors = read["sensors"]
    assert sensors["rate"] == pytest.approx(100.0)
    streams = isen.recording.streams
    assert set(sensors["columns"]) == {OPENSIM_NAME[segment] for segment in streams}
    for segment, stream in streams.items():
        assert sensors["time"] == pytest.approx(stream.time_s.tolist())
        got = np.array(sensors["columns"][OPENSIM_NAME[segment]])
        assert got == pytest.approx(stream.q_earth_sensor, abs=1e-12)
    sto = read["sto"]
    rows = at(isen, sto["time"])
    assert len(rows) == len(isen.angles.time_s)
    for side, letter in LETTER.items():
        # On the left, adduction and rotation are turned about so that both sides read alike, and
        # a knee flexes about -z.
        hip = np.rad2deg(sto[f"hip_{letter}"]) * (1, side.sign, side.sign)
        for place, quantity in enumerate(("hip_flexion", "hip_adduction", "hip_rotation")):
            wanted = expected(isen, f"{quantity}_{letter}")[rows]
            assert worst(hip[:, place], wanted) < BAR_DEG, (side, quantity)
        knee = -np.rad2deg(sto[f"knee_{letter}"])
        assert worst(knee[:, 0], expected(isen, f"knee_angle_{letter}")[rows]) < BAR_DEG
        assert np.abs(knee[:, 1:]).max() < 1e-6, "the shin is a hinge on the femur"
    ik = read["ik"]
    rows = at(isen, ik["time"])
    assert 99 <= len(rows) <= 101, "a second at 100 Hz"
    joints = [name for name in ik["table"] if not name.startswith("ground")]
    assert len(joints) == 8
    for name in joints:
        wanted = expected(isen, name)[rows]
        assert np.ptp(wanted) > 2.0, "the person runs"
        assert worst(ik["table"][name], wanted) < BAR_DEG, name


def test_the_bids_validator_has_no_error(programs, cli, seated, without, saved, tmp_path):
    gap = without(seated, 60.0, 61.0)
    for recording, labels in (
        (RECORDING, ("--subject", "01", "--session", "01")),
        (RECORDING, ("--subject", "01", "--session", "02", "--run", "1")),
        (saved(gap), ("--subject", "02", "--session", "01", "--sex", "female")),
    ):
        assert cli("export", recording, "dataset", "--to", "motion-bids", *labels).status == 0
    done = subprocess.run(
        [programs / "bids-validator-deno", "--format", "json", "dataset"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = json.loads(done.stdout)
    assert sorted(found["summary"]["subjects"]) == ["01", "02"]
    errors = [one for one in found["issues"]["issues"] if one.get("severity") == "error"]
    assert errors == []
    # What is missing is what only a laboratory knows: authors, licence, institution, instructions.
    recommended = {one.get("subCode") for one in found["issues"]["issues"]}
    assert not recommended & {"Manufacturer", "SamplingFrequencyEffective", "TrackedPointsCount"}
    assert done.returncode == 0

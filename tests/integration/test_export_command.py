"""`imu-hip export`: every format from the command line, and every refusal in one sentence."""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from imu_hip.recording.formats import open_recording

RECORDING = Path(__file__).parents[2] / "recordings" / "isen.parquet"
BIDS = ("--to", "motion-bids", "--subject", "01")


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def session(seated, saved):
    return saved(seated)


def test_every_format_holds_the_angles_that_analyze_finds(cli, angles_of):
    assert cli("analyze", RECORDING, "--angles", "wide.csv").status == 0
    wide = angles_of(Path("wide.csv"))
    name = "right_hip_rotation_deg"
    assert cli("export", RECORDING, "tidy.csv").said == "Wrote tidy.csv"
    with Path("tidy.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if (r["side"], r["angle"]) == ("right", name[6:-4])]
    assert [float(row["time_s"]) for row in rows] == wide["time_s"].tolist()
    assert [float(row["value_deg"]) for row in rows] == wide[name].tolist()

    assert cli("export", RECORDING, "a.mot").status == 0
    text = Path("a.mot").read_text(encoding="utf-8")
    header, *table = text.partition("endheader\n")[2].splitlines()
    place = header.split("\t").index("hip_rotation_r")
    mot = [float(row.split("\t")[place]) for row in table]
    assert mot == pytest.approx(wide[name], abs=6e-4), "the CSV has three decimals"

    ezc3d = pytest.importorskip("ezc3d")
    assert cli("export", RECORDING, "a.C3D", "--to", "c3d").status == 0
    c3d = ezc3d.c3d("a.C3D")
    point = c3d["parameters"]["POINT"]["LABELS"]["value"].index("RHipAngles")
    assert c3d["data"]["points"][2, point] == pytest.approx(wide[name], abs=6e-4)

    assert cli("export", RECORDING, "dataset", *BIDS).status == 0
    (motion,) = Path("dataset").rglob("*tracksys-angles_motion.tsv")
    columns = motion.with_name(motion.name.replace("motion.tsv", "channels.tsv"))
    names = [line.split("\t")[0] for line in columns.read_text(encoding="utf-8").splitlines()[1:]]
    place = names.index(name.removesuffix("_deg"))
    bids = [
        float(row.split("\t")[place]) for row in motion.read_text(encoding="utf-8").splitlines()
    ]
    assert bids == pytest.approx(wide[name], abs=1e-9)


def test_part_of_one_leg(session, cli):
    assert cli("export", session, "a.csv", "--side", "left", "--between", 20, 30).status == 0
    with Path("a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["side"] for row in rows} == {"left"}
    times = [float(row["time_s"]) for row in rows]
    assert min(times) >= 20.0
    assert max(times) < 30.0


def test_sensors_and_segments_for_opensense(cli):
    assert cli("export", RECORDING, "sensors.sto").status == 0
    assert cli("export", RECORDING, "segments.sto", "--segments").status == 0
    sensors, segments = (open_recording(f"{name}.sto").streams for name in ("sensors", "segments"))
    assert set(sensors) == set(segments) == set(open_recording(RECORDING).streams)
    for segment, stream in open_recording(RECORDING).streams.items():
        assert sensors[segment].q_earth_sensor == pytest.approx(stream.q_earth_sensor)
        assert not np.allclose(segments[segment].q_earth_sensor, stream.q_earth_sensor, atol=0.1)


def test_the_task_is_what_was_measured(session, cli, refused):
    assert cli("export", session, "dataset", *BIDS, "--session", "a", "--run", 1).status == 0
    (motion,) = Path("dataset").rglob("*_tracksys-angles_run-01_motion.json")
    assert motion.name.startswith("sub-01_ses-a_task-seated_")
    assert json.loads(motion.read_text(encoding="utf-8"))["TaskDescription"].startswith("Simulated")
    before = contents(Path("dataset"))
    words = ["is there already", "--run 2"]
    refused("export", session, "dataset", *BIDS, "--session", "a", "--run", 1, words=words)
    assert (
        cli("export", session, "dataset", *BIDS, "--session", "a", "--task", "sitting").status == 0
    )
    after = contents(Path("dataset"))
    grown = {path for path, own in before.items() if after[path] != own}
    assert {path.name for path in grown} == {"sub-01_ses-a_scans.tsv"}
    assert cli("info", session).status == 0, "the recording is as it was"


def test_a_recording_without_measurable_angles_shares_its_sensors(seated, saved, cli, refused):
    # Half a second is too short for any calibration.
    short = saved(seated)
    recording = open_recording(short)
    cut = {
        segment: type(stream)(
            segment,
            stream.time_s[:25],
            stream.sampling_rate_hz,
            acc_mps2=stream.acc_mps2[:25],
            gyr_dps=stream.gyr_dps[:25],
        )
        for segment, stream in recording.streams.items()
    }
    path = saved(type(recording)(cut, source="short"), "short.parquet")
    outcome = cli("export", path, "dataset", *BIDS)
    assert outcome.status == 0
    assert outcome.err.startswith("Note: Only the sensors were written, no angles:")
    names = {file.name for file in Path("dataset").rglob("*_motion.tsv")}
    assert names == {"sub-01_task-hiprotation_tracksys-imu_motion.tsv"}
    refused("export", path, "a.csv", words=["stand"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("out",), ["which format is meant", "--to"]),
        (("out.xlsx",), ["out.xlsx", ".mot, .sto, .c3d or .csv"]),
        (("out", "--to", "motion-bids"), ["label for the person", "--subject 01"]),
        (("out", "--to", "motion-bids", "--subject", "Anna B"), ["'Anna B'", "letters"]),
        (("out", *BIDS, "--run", "0"), ["Run 0"]),
        (("out", *BIDS, "--side", "left"), ["whole recording", "Leave them out"]),
        (("out.sto", "--between", "1", "2"), ["whole recording"]),
        (("out.csv", "--subject", "01"), ["--subject is only for --to motion-bids"]),
        (("out.csv", "--sex", "female"), ["--sex is only for"]),
        (("out.csv", "--segments"), ["--segments is only for .sto"]),
        (("out.sto", "--segments"), ["no pelvis sensor", "fifth sensor"]),
        (("out.csv", "--between", "900", "950"), ["no sample", "lasts from"]),
        (("nowhere/out.mot",), ["nowhere/out.mot", "no folder"]),
        (("session.parquet", *BIDS), ["session.parquet", "would be overwritten"]),
        (("session.parquet", "--to", "csv"), ["would be overwritten", "another name"]),
        ((".", *BIDS), ["not empty and is no BIDS dataset"]),
    ],
)
def test_refusals(session, refused, arguments, words):
    before = contents(Path())
    refused("export", session, *arguments, words=words)
    assert contents(Path()) == before


def test_a_missing_extra(session, refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    refused("export", session, "a.c3d", words=["ezc3d", "pip install 'imu-hip[c3d]'"])

"""`imu-hip validate` as a laboratory uses it."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from imu_hip.cli import validate
from imu_hip.measures import delay

DELAY_S = 0.137
OFFSET_DEG = 3.0


def angles(time_s, delay_s=0.0):
    """Knee and hip of a leg that walks with strides of 1.1 s, ever faster."""
    phase = 2 * np.pi * ((time_s - delay_s) / 1.1 + 0.002 * (time_s - delay_s) ** 2)
    return {
        "left_knee_flexion_deg": 25.0 - 30.0 * np.cos(phase) + 8.0 * np.cos(2 * phase),
        "left_hip_rotation_deg": 6.0 * np.sin(phase + 0.4) + 2.0 * np.sin(2 * phase),
    }


def write_csv(name, columns):
    rows = zip(*columns.values(), strict=True)
    cells = [",".join("" if np.isnan(c) else f"{c:.4f}" for c in row) for row in rows]
    Path(name).write_text("\n".join((",".join(columns), *cells, "")), encoding="utf-8")


def write_mot(name, columns):
    rows = ["\t".join(f"{c:.5f}" for c in row) for row in zip(*columns.values(), strict=True)]
    head = ("made", "inDegrees=yes", "endheader", "\t".join(columns))
    Path(name).write_text("\n".join((*head, *rows, "")), encoding="utf-8")


@pytest.fixture
def files(cli):
    """An estimate at 60 Hz and its cameras at 100 Hz: other clock, shorter, with a hole.

    `cli` has put the test into an empty folder.
    """
    own_s = np.arange(0.0, 30.0, 1 / 60)
    estimate = angles(own_s, DELAY_S)
    estimate["left_knee_flexion_deg"] += OFFSET_DEG
    estimate["left_hip_rotation_deg"] *= 1.25
    camera_s = np.arange(4.0, 24.0, 0.01)
    seen = angles(camera_s)
    seen["left_knee_flexion_deg"][500:600] = np.nan
    write_csv("estimate.csv", {"time_s": own_s, **estimate})
    knee, hip = seen["left_knee_flexion_deg"], seen["left_hip_rotation_deg"]
    write_mot("cameras.mot", {"time": camera_s, "knee_angle_l": knee, "hip_rotation_l": hip})
    write_csv("cameras.csv", {"time_s": camera_s, **seen})


def test_delay_offset_and_excursion_are_those_that_were_made(files, cli):
    outcome = cli("validate", "estimate.csv", "cameras.mot", "--json", "r.json")
    assert outcome.status == 0
    found = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert found["delay"]["delay_s"] == pytest.approx(DELAY_S, abs=0.001)
    assert found["delay"]["other_delays_s"] == []
    knee, hip = found["angles"]
    assert (knee["angle"], hip["angle"]) == ("knee_flexion", "hip_rotation")
    assert knee["offset_deg"]["value"] == pytest.approx(OFFSET_DEG, abs=0.02)
    # Straight lines at 60 Hz cut off some tenths of a degree of the fast parts of the knee.
    assert knee["rms_without_offset_deg"]["value"] < 0.15
    # 1900 of 2000 samples of the knee are there, and the estimate covers all of them.
    assert (knee["samples"], knee["covered_percent"]) == (1900, 100.0)
    assert knee["own_delay"]["delay_s"] == pytest.approx(0.0, abs=0.001)
    # A gain of 1.25 adds a quarter of the reference's SD and of its excursion.
    assert hip["rms_deg"]["value"] == pytest.approx(0.25 * hip["reference_sd_deg"], rel=0.02)
    strides = hip["units"]
    assert strides["kind"] == "cycle"
    excursion = np.mean(strides["excursion"]["reference_deg"])
    assert strides["excursion"]["limits_deg"]["bias"]["value"] == pytest.approx(
        0.25 * excursion, rel=0.03
    )
    assert "137 ms" in outcome.said
    assert "later than in cameras.mot" in outcome.said
    assert not Path("imu_hip_report").exists()


def test_a_page_and_a_table_are_written(files, cli):
    outcome = cli("validate", "estimate.csv", "cameras.csv", "--out", "p.html", "--csv", "r.csv")
    page = Path("p.html").read_text(encoding="utf-8")
    assert f"Report: {Path('p.html').resolve()}" in outcome.out
    for words in ("Knee flexion", "Hip rotation", "limits of agreement", "Broad grey line"):
        assert words in page
    assert page.count("<svg") == 4
    with Path("r.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["angle"], row["quantity"]): row for row in csv.DictReader(file)}
    offset = rows["knee_flexion", "offset"]
    assert float(offset["low95"]) <= OFFSET_DEG + 0.02
    assert float(offset["value"]) == pytest.approx(OFFSET_DEG, abs=0.02)
    assert rows["hip_rotation", "cycle_excursion_bias"]["unit"] == "deg"


def test_a_name_commands_no_terminal(files, cli):
    Path("estimate.csv").rename("esti\x1b[31mmate.csv")
    outcome = cli("validate", "esti\x1b[31mmate.csv", "cameras.csv")
    assert outcome.status == 0
    assert "esti?[31mmate" in outcome.said
    assert "\x1b" not in outcome.out


def test_the_page_goes_to_the_usual_folder(files, cli):
    cli("validate", "estimate.csv", "cameras.csv")
    assert Path("imu_hip_report/validation_estimate.html").is_file()


def test_the_search_is_as_long_as_it_says():
    # Written twice, so that --help need not import numpy.
    assert validate.USUAL_SEARCH_S == delay.USUAL_SEARCH_S


def test_only_the_angle_that_is_wanted(files, cli):
    for name in ("knee_flexion", "left_knee_flexion", "knee_angle_l"):
        cli("validate", "estimate.csv", "cameras.csv", "--angle", name, "--json", "r.json")
        found = json.loads(Path("r.json").read_text(encoding="utf-8"))
        assert [one["angle"] for one in found["angles"]] == ["knee_flexion"]


def test_clocks_as_they_stand_are_not_moved(files, cli):
    outcome = cli("validate", "estimate.csv", "cameras.csv", "--max-delay", 0, "--json", "r.json")
    found = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert found["delay"] is None
    assert "as they stand" in outcome.said
    assert found["angles"][0]["rms_without_offset_deg"]["value"] > 5.0


def test_a_recording_is_analysed_and_its_strides_are_used(walk, cli, saved):
    recording = saved(walk)
    cli("analyze", recording, "--angles", "angles.csv")
    outcome = cli("validate", recording, "angles.csv", "--json", "r.json")
    found = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert found["simulated"]
    assert found["delay"]["delay_s"] == pytest.approx(0.0, abs=0.001)
    for angle in found["angles"]:
        # The file has three decimals, so both are the same to half of the last one.
        assert angle["rms_deg"]["value"] == pytest.approx(0.0, abs=0.0006)
        assert angle["units"]["kind"] == "stride"
    assert "Simulated recording" in outcome.said
    assert "copies of one measurement" in " ".join(found["notes"])


@pytest.mark.parametrize("name", ["a.mot", "a.c3d", "a.csv"])
def test_what_is_exported_comes_back_the_same(walk, cli, saved, name):
    pytest.importorskip("ezc3d")
    recording = saved(walk)
    assert cli("export", recording, name).status == 0
    cli("validate", recording, name, "--json", "r.json")
    found = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert found["delay"]["delay_s"] == pytest.approx(0.0, abs=0.001)
    assert len(found["angles"]) >= 4
    for angle in found["angles"]:
        # Exports keep three decimals or 32 bits of a number.
        assert angle["rms_deg"]["value"] == pytest.approx(0.0, abs=0.001)


def test_an_angle_that_is_never_there_at_once_is_left_out_and_said(files, cli, refused):
    time_s = np.arange(0.0, 30.0, 0.02)
    seen = angles(time_s)
    seen["left_hip_rotation_deg"][time_s > 3.0] = np.nan
    write_csv("one.csv", {"time_s": time_s, **seen})
    outcome = cli("validate", "one.csv", "cameras.csv", "--json", "r.json")
    assert "Never measured at the same time in both: left hip rotation" in outcome.said
    found = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert [one["angle"] for one in found["angles"]] == ["knee_flexion"]
    refused(
        "validate", "one.csv", "cameras.csv", "--angle", "hip_rotation",
        words=["never measured left hip rotation at the same time"], nothing_written=True,
    )  # fmt: skip


def test_repetitions_of_a_test_are_used(seated, cli, saved):
    recording = saved(seated)
    cli("analyze", recording, "--angles", "angles.csv")
    cli("validate", recording, "angles.csv", "--angle", "femoral_rotation", "--json", "r.json")
    found = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert {angle["units"]["kind"] for angle in found["angles"]} == {"repetition"}


def test_the_other_sign_is_said(files, cli):
    time_s = np.arange(4.0, 24.0, 0.01)
    seen = angles(time_s)
    seen["left_hip_rotation_deg"] *= -1.0
    write_csv("turned.csv", {"time_s": time_s, **seen})
    outcome = cli("validate", "estimate.csv", "turned.csv", "--json", "r.json")
    assert "Left hip rotation runs the other way" in outcome.said


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"right_knee_flexion_deg": 1.0},
            ["no angle in common", "left_knee_flexion_deg", "right_knee_flexion_deg"],
        ),
        ({"what": 1.0}, ["no file of angles over time"]),
    ],
)
def test_nothing_in_common_lists_what_each_has(files, refused, columns, words):
    time_s = np.arange(0.0, 20.0, 0.1)
    write_csv("other.csv", {"time_s": time_s, **{n: time_s * v for n, v in columns.items()}})
    refused("validate", "estimate.csv", "other.csv", words=words)


def test_no_time_in_common_is_refused(files, refused):
    time_s = np.arange(500.0, 520.0, 0.01)
    write_csv("late.csv", {"time_s": time_s, **angles(time_s - 495.0)})
    refused("validate", "estimate.csv", "late.csv", words=["in common", "--max-delay"])
    refused("validate", "estimate.csv", "late.csv", "--max-delay", 0, words=["never measured"])


def test_an_unrelated_reference_is_refused(files, refused):
    time_s = np.arange(0.0, 25.0, 0.02)
    noise = np.convolve(np.random.default_rng(1).normal(size=len(time_s)), np.hanning(40), "same")
    write_csv("noise.csv", {"time_s": time_s, "left_knee_flexion_deg": noise})
    refused("validate", "estimate.csv", "noise.csv", words=["alike", "--max-delay 0"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("estimate.csv", "absent.mot"), ["no file", "absent.mot"]),
        (("absent.csv", "cameras.csv"), ["absent.csv"]),
        (("estimate.csv", "."), ["folder"]),
        (("estimate.csv", "./estimate.csv"), ["itself"]),
        (("estimate.csv", "cameras.csv", "--angle", "elbow"), ["elbow", "left_knee_flexion_deg"]),
        (("estimate.csv", "cameras.csv", "--csv", "estimate.csv"), ["would be overwritten"]),
        (("estimate.csv", "cameras.csv", "--csv", "cameras.csv"), ["would be overwritten"]),
        (("estimate.csv", "cameras.csv", "--csv", "a", "--json", "a"), ["two results"]),
        (("estimate.csv", "cameras.csv", "--json", "no/where.json"), ["no folder"]),
    ],
)
def test_bad_arguments_are_one_sentence(files, refused, arguments, words):
    refused("validate", *arguments, words=words)

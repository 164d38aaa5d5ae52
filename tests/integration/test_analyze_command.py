"""`imu-hip analyze` on sessions whose truth is known, and the files that it writes."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imu_hip.names import Segment, Task
from imu_hip.simulation import (
    GaitPlan,
    SensorErrors,
    StaticSession,
    simulate_run,
    simulate_static_session,
)

ANGLES = [
    "time_s",
    "left_femoral_rotation_deg",
    "right_femoral_rotation_deg",
    "left_knee_flexion_deg",
    "right_knee_flexion_deg",
    "left_thigh_elevation_deg",
    "right_thigh_elevation_deg",
]
RESULT_KEYS = {
    "task",
    "side",
    "internal_deg",
    "external_deg",
    "total_arc_deg",
    "internal_sd_deg",
    "external_sd_deg",
    "sem_deg",
    "mdc95_deg",
    "deficit_internal_deg",
    "deficit_external_deg",
    "repetitions",
}


@pytest.mark.parametrize("task", ["seated", "prone"])
def test_a_rotation_test_is_measured(request, analysed, by_side, task):
    outcome, document = analysed(request.getfixturevalue(task))
    assert outcome.status == 0
    results = by_side(document, task)
    wanted = {"left": (37.0, 42.0), "right": (30.5, 45.5)}
    for side, (internal_deg, external_deg) in wanted.items():
        result = results[side]
        assert set(result) >= RESULT_KEYS
        assert result["internal_deg"] == pytest.approx(internal_deg, abs=1.5)
        assert result["external_deg"] == pytest.approx(external_deg, abs=1.5)
        total = result["internal_deg"] + result["external_deg"]
        assert result["total_arc_deg"] == pytest.approx(total, abs=0.15)
        directions = [r["direction"] for r in result["repetitions"] if r["valid"]]
        assert directions == ["internal", "internal", "external", "external"]
        for repetition in result["repetitions"]:
            assert set(repetition) >= {"start_s", "end_s", "peak_deg", "valid", "reason"}
            assert repetition["end_s"] > repetition["start_s"]
    assert set(document["comparison"][task]) >= {"internal", "external"}


def test_a_cross_legged_test_is_a_slope_and_no_rotation(cross_legged, analysed, by_side, angles_of):
    outcome, document = analysed(cross_legged, "--angles", "angles.csv")
    assert outcome.status == 0
    for side, slope_deg in {"left": 22.0, "right": 30.0}.items():
        result = by_side(document, "cross-legged")[side]
        assert result["shin_slope_deg"] == pytest.approx(slope_deg, abs=2.0)
        assert "thigh_elevation_deg" in result
        assert "internal_deg" not in result
    angles = angles_of(Path("angles.csv"))
    assert list(angles) == [*ANGLES, "left_shin_slope_deg", "right_shin_slope_deg"]
    marked = next(m for m in cross_legged.markers if m.label == "cross_legged")
    crossed = (angles["time_s"] > marked.start_s) & (angles["time_s"] < marked.end_s - 0.1)
    assert np.isnan(angles["left_femoral_rotation_deg"][crossed]).all()
    assert np.isfinite(angles["left_shin_slope_deg"][crossed]).all()


@pytest.mark.parametrize(("name", "task"), [("walk", "walk"), ("jog", "run")])
def test_gait_is_measured_in_strides(request, analysed, by_side, name, task):
    outcome, document = analysed(request.getfixturevalue(name))
    assert outcome.status == 0
    results = by_side(document, task)
    assert set(results) == {"left", "right"}
    for result in results.values():
        assert result["strides"] >= 10
        assert result["excursion_deg"] > 5.0
        assert len(result["curve"]) == 101
        assert all(np.isfinite(result["curve"]))


def test_a_run_is_held_against_a_measured_test(jog, prone, cli, saved):
    run, passive = saved(jog), saved(prone, "passive.parquet")
    outcome = cli("analyze", run, "--passive", passive, "--json", "r.json", "--out", "out")
    assert outcome.status == 0
    assert "that your left hip turns lying prone: " in outcome.said
    reserves = json.loads(Path("r.json").read_text(encoding="utf-8"))["reserves"]
    assert [reserve["side"] for reserve in reserves] == ["left", "right"]
    for reserve in reserves:
        used_deg = reserve["used_internal_deg"] + reserve["used_external_deg"]
        arc_deg = reserve["passive_internal_deg"] + reserve["passive_external_deg"]
        # Of rounded degrees.
        assert reserve["arc_used_percent"] == pytest.approx(100 * used_deg / arc_deg, abs=0.3)
        assert reserve["arc_used_low_percent"] < reserve["arc_used_percent"]
    assert "that your right hip turns lying prone: " in Path("out/session.html").read_text("utf-8")


def test_what_holds_no_measured_test_is_no_passive_range(jog, walk, seated, refused, saved):
    run, other = saved(jog), saved(walk, "walk.parquet")
    refused("analyze", run, "--passive", other, words=["no seated or prone test", "--passive"])
    refused("analyze", run, "--passive", "none.parquet", words=["none.parquet"])
    test = saved(seated, "seated.parquet")
    refused("analyze", test, "--passive", test, "--json", "r.json", words=["no walk or run"])


def test_a_result_never_overwrites_the_passive_recording(jog, prone, refused, saved):
    run, passive = saved(jog), saved(prone, "passive.parquet")
    before = passive.read_bytes()
    refused("analyze", run, "--passive", passive, "--json", passive, words=["overwritten"])
    assert passive.read_bytes() == before


def test_every_stride_becomes_a_row(jog, seated, cli, saved, refused):
    outcome = cli("analyze", saved(jog), "--strides", "strides.csv", "--json", "r.json")
    assert outcome.status == 0
    head, *rows = Path("strides.csv").read_text(encoding="utf-8").splitlines()
    assert head.startswith("task,side,strike_s,toe_off_s,end_s,cycle_excursion_deg")
    document = json.loads(Path("r.json").read_text(encoding="utf-8"))
    assert len(rows) == sum(result["strides"] for result in document["results"])
    other = saved(seated, "seated.parquet")
    refused("analyze", other, "--strides", "none.csv", words=["holds no strides"])


def test_the_angles_file_holds_what_was_asked_for(seated, cli, saved, angles_of):
    assert cli("analyze", saved(seated), "--angles", "angles.csv").status == 0
    angles = angles_of(Path("angles.csv"))
    assert list(angles) == ANGLES
    np.testing.assert_allclose(angles["time_s"], seated.streams[Segment.LEFT_THIGH].time_s)
    standing = (angles["time_s"] > 1.0) & (angles["time_s"] < 3.0)
    sitting = (angles["time_s"] > 7.5) & (angles["time_s"] < 9.5)
    for side in ("left", "right"):
        assert np.abs(angles[f"{side}_knee_flexion_deg"][standing]).max() < 3.0
        assert np.abs(angles[f"{side}_knee_flexion_deg"][sitting] - 90.0).max() < 3.0
        assert np.abs(angles[f"{side}_thigh_elevation_deg"][sitting]).max() < 3.0


def test_internal_rotation_is_positive_on_both_sides(seated, analysed, by_side, angles_of):
    _, document = analysed(seated, "--angles", "angles.csv")
    angles = angles_of(Path("angles.csv"))
    for side, result in by_side(document, "seated").items():
        for repetition in result["repetitions"]:
            held = (angles["time_s"] >= repetition["plateau_start_s"]) & (
                angles["time_s"] <= repetition["plateau_end_s"]
            )
            sign = 1.0 if repetition["direction"] == "internal" else -1.0
            rotation_deg = angles[f"{side}_femoral_rotation_deg"][held]
            assert sign * rotation_deg.mean() == pytest.approx(repetition["peak_deg"], abs=1.0)


def test_hip_angles_are_given_with_a_pelvis_sensor(cli, saved, angles_of):
    errors = SensorErrors(orientation=True, raw=False)
    plan = GaitPlan(duration_s=15.0, standing_s=4.0, calibration=True)
    recording = simulate_run(plan, errors, 50.0, 3, pelvis_sensor=True).recording
    assert cli("analyze", saved(recording), "--angles", "angles.csv").status == 0
    angles = angles_of(Path("angles.csv"))
    hip = [f"{s}_hip_{a}_deg" for s in ("left", "right") for a in ("rotation", "flexion")]
    assert set(angles) >= {*ANGLES, *hip, "left_hip_adduction_deg", "right_hip_adduction_deg"}
    assert all(np.isfinite(angles[name]).mean() > 0.9 for name in hip)


def test_the_task_can_be_named(seated, analysed, refused, saved):
    outcome, document = analysed(seated, "--task", "seated", "--sex", "female")
    assert outcome.status == 0
    assert {result["task"] for result in document["results"]} == {"seated"}
    assert {norm["sex"] for r in document["results"] for norm in r["norms"]} == {"female"}
    refused("analyze", saved(seated), "--task", "run", words=["run", "--task auto"])


def test_without_options_the_report_goes_to_a_folder_here(seated, cli, saved):
    outcome = cli("analyze", saved(seated))
    report = Path("imu_hip_report/session.html")
    assert report.is_file()
    assert str(report.resolve()) in outcome.said
    assert "http://" not in report.read_text(encoding="utf-8").replace("http://www.w3.org", "")


def test_with_another_output_no_report_is_made(seated, cli, saved):
    cli("analyze", saved(seated), "--json", "r.json")
    assert sorted(p.name for p in Path().iterdir()) == ["r.json", "session.parquet"]


def test_the_table_is_headed_by_the_name_of_the_recording(seated, cli, saved):
    outcome = cli("analyze", saved(seated, "my session.parquet"))
    assert outcome.out.splitlines()[0] == "my session.parquet"


def test_the_same_input_gives_the_same_output(seated, cli, saved):
    path = saved(seated)
    for name in ("a", "b"):
        cli("analyze", path, "--json", f"{name}.json", "--angles", f"{name}.csv", "--out", name)
    for first, second in (("a.json", "b.json"), ("a.csv", "b.csv")):
        assert Path(first).read_bytes() == Path(second).read_bytes()
    assert Path("a/session.html").read_bytes() == Path("b/session.html").read_bytes()


def test_simulated_recordings_are_named_as_such(seated, analysed):
    outcome, document = analysed(seated, "--out", "report")
    assert "Simulated recording" in outcome.said
    assert document["recording"]["simulated"] is True
    assert "simulated" in Path("report/session.html").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("suffix", ["csv", "sto"])
def test_other_formats_give_the_same_results(seated, oriented, cli, saved, suffix):
    """Long CSV holds the raw samples; .sto holds orientations, so it is compared with those."""
    recording = seated if suffix == "csv" else oriented
    original = saved(recording)
    assert cli("convert", original, f"other.{suffix}").status == 0
    if suffix == "sto":
        assert cli("convert", original, "other.csv").status == 0  # for its markers
    documents = []
    for path in (original, f"other.{suffix}"):
        assert cli("analyze", path, "--json", "r.json").status == 0
        documents.append(json.loads(Path("r.json").read_text(encoding="utf-8")))
    first, second = ({(r["task"], r["side"]): r for r in d["results"]} for d in documents)
    assert set(first) == set(second)
    for key, result in first.items():
        for name in ("internal_deg", "external_deg", "total_arc_deg"):
            assert second[key][name] == pytest.approx(result[name], abs=0.11)


def test_a_session_without_markers_is_found_by_itself(seated, analysed, assert_seated_is_right):
    outcome, document = analysed(replace(seated, markers=()))
    assert outcome.status == 0
    assert_seated_is_right(document, "left", "right")


def test_one_tested_leg_is_one_result(analysed, by_side):
    legs = {side: plan for side, plan in StaticSession().legs.items() if side == "right"}
    session = StaticSession(task=Task.SEATED, legs=legs, stand_s=4.0, sit_s=4.0)
    outcome, document = analysed(simulate_static_session(session, sampling_rate_hz=50.0).recording)
    assert outcome.status == 0
    assert set(by_side(document, "seated")) == {"right"}
    assert document["comparison"] == {}
    assert "not measured" in outcome.said

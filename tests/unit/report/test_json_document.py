import json
from dataclasses import replace

import numpy as np
import pytest

from imu_hip import __version__
from imu_hip.names import Task
from imu_hip.recording.recording import LogEntry
from imu_hip.report.json_document import to_document


def written(analysis):
    return json.loads(json.dumps(to_document(analysis), allow_nan=False))


def test_every_analysis_is_valid_json_with_the_same_frame(analysis):
    document = written(analysis)
    assert document["schema"] == "imu_hip.analysis/1"
    assert document["version"] == __version__
    assert {
        "recording",
        "results",
        "comparison",
        "calibration",
        "sensors",
        "phases",
        "warnings",
    } <= document.keys()
    assert {"source", "simulated", "duration_s", "segments"} <= document["recording"].keys()
    assert len(document["results"]) == len(analysis.results)


def test_a_rotation_result_is_complete(seated):
    result = written(seated)["results"][0]
    assert result["task"] == "seated"
    assert result["side"] == "left"
    # the second inward repetition lifted the thigh, so the mean is of 30.2 and 31.1
    assert result["internal_deg"] == pytest.approx(30.65, abs=0.5)
    assert result["total_arc_deg"] == pytest.approx(
        result["internal_deg"] + result["external_deg"], abs=0.11
    )
    assert result["deficit_internal_deg"] == pytest.approx(45 - result["internal_deg"], abs=0.06)
    assert {
        "internal_sd_deg",
        "external_sd_deg",
        "sem_deg",
        "mdc95_deg",
        "deficit_external_deg",
    } <= result.keys()
    assert [norm["direction"] for norm in result["norms"]] == ["internal", "external"]
    assert [r["valid"] for r in result["repetitions"]] == [True, True, False, True, True, True]
    assert result["repetitions"][2]["reason"].startswith("the thigh lifted")
    assert {"direction", "start_s", "end_s", "peak_deg"} <= result["repetitions"][0].keys()


def test_angles_of_results_have_one_decimal(seated):
    result = written(seated)["results"][1]
    for name, value in result.items():
        if name.endswith("_deg"):
            assert value == round(value, 1)


def test_the_comparison_is_by_task_and_measure(seated):
    comparison = written(seated)["comparison"]
    assert set(comparison) == {"seated"}
    internal = comparison["seated"]["internal"]
    assert internal["difference_deg"] == pytest.approx(
        internal["right_deg"] - internal["left_deg"], abs=0.11
    )
    assert internal["measurable"] is True
    assert internal["sentence"].startswith("Your left hip turns inward (foot moves out) 8° less")


def test_a_crossed_leg_has_slopes_instead_of_rotations(cross_legged):
    result = written(cross_legged)["results"][0]
    assert result["shin_slope_deg"] == pytest.approx(23.0, abs=0.3)
    assert result["thigh_elevation_deg"] == 17.0
    assert not {"internal_deg", "total_arc_deg", "norms"} & result.keys()
    assert result["repetitions"][0]["direction"] is None


def test_a_gait_result_carries_its_curve(run):
    result = written(run)["results"][1]
    assert result["task"] == Task.RUN
    assert len(result["curve"]) == len(result["curve_sd"]) == 101
    assert result["curve"] == [round(x, 2) for x in result["curve"]]
    assert result["left_out"][0] == {"reason": "a turn", "strides": 6}
    # Two steps in a stride of 0.8 s: 120 / 0.8 s
    assert result["cadence_spm"] == 150.0
    assert len(result["rejected"]) == 9
    assert len(result["every_stride"]["strike_s"]) == result["strides"] == 212
    assert result["quantities"]["cycle_excursion_deg"]["low"] < result["excursion_deg"]


def test_a_gait_comparison_carries_its_verdict_and_every_quantity(run):
    (comparison,) = written(run)["gait_comparison"]
    assert comparison["verdict"] == "no measurable difference"
    excursion = comparison["quantities"]["cycle_excursion_deg"]
    # 20 % of 11.7° were put in, less than the error.
    assert excursion["difference"] == pytest.approx(2.3, abs=0.5)
    assert excursion["low"] < 0 < excursion["high"]
    assert len(comparison["difference"]) == 101


def test_what_is_not_a_number_becomes_null(run):
    broken = replace(run.results[0], excursion_sd_deg=float("nan"), curve_deg=np.full(101, np.nan))
    result = written(replace(run, results=(broken,)))["results"][0]
    assert result["excursion_sd_deg"] is None
    assert result["curve"] == [None] * 101


def test_the_log_holds_any_value(seated):
    entry = LogEntry(
        "split",
        "0.1.0",
        {"spread": float("inf"), "parts": (1, 2), "clocks": {"left_shin": {"lost": 3}}},
    )
    document = written(replace(seated, recording=seated.recording.with_log(entry)))
    assert document["recording"]["log"][-1]["details"] == {
        "spread": None,
        "parts": [1, 2],
        "clocks": {"left_shin": {"lost": 3}},
    }


def test_warnings_of_reader_and_analysis_come_once(seated):
    warned = replace(
        seated, recording=replace(seated.recording, warnings=("a", "b")), warnings=("b", "c")
    )
    assert written(warned)["warnings"] == ["a", "b", "c"]

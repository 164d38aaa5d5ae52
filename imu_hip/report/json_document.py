"""An analysis as a JSON document: rounded, complete, and null where nothing was measured."""

import math
from collections.abc import Iterable, Mapping
from typing import Final

from imu_hip import __version__
from imu_hip.analysis.results import Analysis, Phase, Result, SensorQuality
from imu_hip.measures.comparison import SideDifference, task_of
from imu_hip.measures.cross_legged import CrossLeggedTest
from imu_hip.measures.repetitions import Repetition
from imu_hip.measures.rotation_test import RotationTest
from imu_hip.names import Direction
from imu_hip.recording.recording import LogEntry, Recording
from imu_hip.report.gait_json import (
    gait_comparison_document,
    gait_document,
    hip_curve_document,
    reserve_document,
)
from imu_hip.report.json_numbers import Document, deg, rounded, seconds
from imu_hip.report.sentences import comparison_sentence

SCHEMA: Final = "imu_hip.analysis/1"


def to_document(analysis: Analysis) -> Document:
    """The analysis as JSON values; serialise with `allow_nan=False`.

    Angles of results have one decimal, curves two, times three; what was not measured is None.
    """
    return {
        "schema": SCHEMA,
        "version": __version__,
        "task": analysis.task,
        "sex": analysis.sex,
        "recording": _recording(analysis.recording),
        "results": [_result(result) for result in analysis.results],
        "comparison": _comparison(analysis.comparisons),
        "gait_comparison": [gait_comparison_document(c) for c in analysis.gait_comparisons],
        "reserves": [reserve_document(reserve) for reserve in analysis.reserves],
        "hip_curves": [hip_curve_document(curve) for curve in analysis.hip_curves],
        "calibration": [
            {
                "side": leg.side,
                "source": leg.source,
                "uncertainty_deg": deg(leg.uncertainty_deg),
                "pose_residual_deg": deg(leg.pose_residual_deg),
                "hinge_residual_deg": deg(leg.hinge_residual_deg),
                "gait_disagreement_deg": deg(leg.gait_disagreement_deg),
            }
            for leg in analysis.calibration
        ],
        "sensors": [_sensor(sensor) for sensor in analysis.sensors],
        "phases": [_phase(phase) for phase in analysis.phases],
        "warnings": list(all_warnings(analysis)),
    }


def all_warnings(analysis: Analysis) -> tuple[str, ...]:
    """What the reader and the analysis warn of, each once."""
    return tuple(dict.fromkeys((*analysis.recording.warnings, *analysis.warnings)))


def _recording(recording: Recording) -> Document:
    return {
        "source": recording.source,
        "simulated": recording.simulated,
        "duration_s": seconds(recording.duration_s),
        "segments": [segment.value for segment in recording.streams],
        "log": [_log_entry(entry) for entry in recording.log],
    }


def _log_entry(entry: LogEntry) -> Document:
    details = {name: _json_value(value) for name, value in entry.details.items()}
    return {"step": entry.step, "version": entry.version, "details": details}


def _json_value(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(name): _json_value(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(part) for part in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _result(result: Result) -> Document:
    document: Document = {
        "task": task_of(result),
        "side": result.side,
        "sem_deg": deg(result.uncertainty.sem_deg),
        "mdc95_deg": deg(result.uncertainty.mdc95_deg),
    }
    if isinstance(result, RotationTest):
        return document | _rotation(result)
    if isinstance(result, CrossLeggedTest):
        return document | {
            "shin_slope_deg": deg(result.shin_slope_deg),
            "shin_slope_sd_deg": deg(result.shin_slope_sd_deg),
            "thigh_elevation_deg": deg(result.thigh_elevation_deg),
            "repetitions": _repetitions(result.repetitions),
        }
    return document | gait_document(result)


def _rotation(test: RotationTest) -> Document:
    return {
        "internal_deg": deg(test.internal.mean_deg),
        "external_deg": deg(test.external.mean_deg),
        "total_arc_deg": deg(test.total_arc_deg),
        "internal_sd_deg": deg(test.internal.sd_deg),
        "external_sd_deg": deg(test.external.sd_deg),
        "deficit_internal_deg": deg(test.internal.deficit_deg),
        "deficit_external_deg": deg(test.external.deficit_deg),
        "norms": [
            {
                "direction": direction,
                "sex": place.sex,
                "percentile": rounded(place.percentile, 1),
                "mean_deg": deg(place.mean_deg),
                "sd_deg": deg(place.sd_deg),
                "source": place.source,
            }
            for direction in Direction
            for place in test.range(direction).norms
        ],
        "repetitions": _repetitions(test.repetitions),
    }


def _repetitions(repetitions: Iterable[Repetition]) -> list[Document]:
    return [
        {
            "direction": repetition.direction,
            "start_s": seconds(repetition.start_s),
            "end_s": seconds(repetition.end_s),
            "plateau_start_s": seconds(repetition.plateau_start_s),
            "plateau_end_s": seconds(repetition.plateau_end_s),
            "peak_deg": deg(repetition.peak_deg),
            "thigh_elevation_deg": deg(repetition.thigh_elevation_deg),
            "knee_flexion_deg": deg(repetition.knee_flexion_deg),
            "valid": repetition.valid,
            "reason": repetition.reason,
        }
        for repetition in repetitions
    ]


def _comparison(comparisons: Iterable[SideDifference]) -> Document:
    document: Document = {}
    for difference in comparisons:
        document.setdefault(difference.task.value, {})[difference.measure] = {
            "left_deg": deg(difference.left_deg),
            "right_deg": deg(difference.right_deg),
            "difference_deg": deg(difference.difference_deg),
            "mdc95_deg": deg(difference.mdc95_deg),
            "measurable": bool(difference.measurable),
            "sentence": comparison_sentence(difference),
        }
    return document


def _sensor(sensor: SensorQuality) -> Document:
    return {
        "segment": sensor.segment,
        "sampling_rate_hz": rounded(sensor.sampling_rate_hz, 3),
        "orientation_from": sensor.orientation_from,
        "lost_percent": rounded(sensor.lost_percent, 2),
        "gaps": sensor.gaps,
        "longest_gap_s": seconds(sensor.longest_gap_s),
    }


def _phase(phase: Phase) -> Document:
    return {
        "label": phase.label,
        "side": phase.side,
        "start_s": seconds(phase.start_s),
        "end_s": seconds(phase.end_s),
        "marked": phase.marked,
    }

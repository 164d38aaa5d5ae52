"""Walking and running in the JSON document."""

from imu_hip.measures.gait_comparison import GaitComparison
from imu_hip.measures.hip_curve import HipCurve
from imu_hip.measures.reserve import Reserve
from imu_hip.measures.running import GaitTest
from imu_hip.report.json_numbers import Document, curve, deg, rounded, seconds, times


def gait_document(test: GaitTest) -> Document:
    """One leg's strides: rhythm, curve, quantities, changes, and every stride."""
    return {
        "strides": test.strides,
        "left_out": [{"reason": reason, "strides": count} for reason, count in test.left_out],
        "rejected": [
            {"start_s": seconds(r.start_s), "end_s": seconds(r.end_s), "reason": r.reason}
            for r in test.rejected
        ],
        "start_s": seconds(test.start_s),
        "end_s": seconds(test.end_s),
        "stride_time_s": seconds(test.stride_time_s),
        "stride_time_sd_s": seconds(test.stride_time_sd_s),
        "cadence_spm": rounded(test.cadence_spm, 1),
        "stance_fraction": rounded(test.stance_fraction, 3),
        "excursion_deg": deg(test.excursion_deg),
        "excursion_sd_deg": deg(test.excursion_sd_deg),
        "curve": curve(test.curve_deg),
        "curve_sd": curve(test.curve_sd_deg),
        "band_low": curve(test.band_low_deg),
        "band_high": curve(test.band_high_deg),
        "flexion_correlation": rounded(test.flexion_correlation, 2),
        "quantities": {
            quantity.column: {
                "mean": rounded(found.mean, 2),
                "sd": rounded(found.sd, 2),
                "low": rounded(found.low, 2),
                "high": rounded(found.high, 2),
            }
            for quantity, found in test.statistics.items()
        },
        "changes": {
            change.quantity.column: {
                "first": rounded(change.first, 2),
                "last": rounded(change.last, 2),
                "difference": rounded(change.difference, 2),
                "low": rounded(change.low, 2),
                "high": rounded(change.high, 2),
            }
            for change in test.changes
        },
        "every_stride": _every_stride(test),
    }


def _every_stride(test: GaitTest) -> Document:
    table = test.table
    return {
        "strike_s": times(table.strike_s),
        "toe_off_s": times(table.toe_off_s),
        "end_s": times(table.end_s),
    } | {quantity.column: curve(column) for quantity, column in table.values.items()}


def gait_comparison_document(comparison: GaitComparison) -> Document:
    """Right minus left: the curve, every quantity and the verdict."""
    return {
        "task": comparison.task,
        "verdict": comparison.verdict,
        "mdc95_deg": deg(comparison.mdc95_deg),
        "curve_mdc95_deg": deg(comparison.curve_mdc95_deg),
        "healthy_deg": deg(comparison.healthy_deg),
        "largest_at_percent": comparison.largest_at_percent,
        "difference": curve(comparison.difference_deg),
        "low": curve(comparison.low_deg),
        "high": curve(comparison.high_deg),
        "quantities": {
            quantity.column: {
                "left": rounded(found.left, 2),
                "right": rounded(found.right, 2),
                "difference": rounded(found.difference, 2),
                "low": rounded(found.low, 2),
                "high": rounded(found.high, 2),
                "mdc95": rounded(found.mdc95, 2),
                "measurable": bool(found.measurable),
            }
            for quantity, found in comparison.differences.items()
        },
    }


def reserve_document(reserve: Reserve) -> Document:
    """How much of the passive range one leg uses."""
    return {
        "side": reserve.side,
        "task": reserve.task,
        "position": reserve.position,
        "passive_internal_deg": deg(reserve.passive_internal_deg),
        "passive_external_deg": deg(reserve.passive_external_deg),
        "used_internal_deg": deg(reserve.used_internal_deg),
        "used_external_deg": deg(reserve.used_external_deg),
        "arc_used_percent": rounded(reserve.arc_used_percent, 1),
        "arc_used_low_percent": rounded(reserve.arc_used_low_percent, 1),
        "arc_used_high_percent": rounded(reserve.arc_used_high_percent, 1),
        "zero_known": reserve.zero_known,
    }


def hip_curve_document(hip: HipCurve) -> Document:
    """Mean hip angles of one leg through the stride."""
    return {
        "side": hip.side,
        "task": hip.task,
        "strides": hip.strides,
        "flexion": curve(hip.flexion_deg),
        "flexion_sd": curve(hip.flexion_sd_deg),
        "adduction": curve(hip.adduction_deg),
        "adduction_sd": curve(hip.adduction_sd_deg),
        "rotation": curve(hip.rotation_deg),
        "rotation_sd": curve(hip.rotation_sd_deg),
    }

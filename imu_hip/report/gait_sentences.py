"""Walking and running as sentences that the measured person understands."""

from collections.abc import Mapping
from typing import Final

from imu_hip.analysis.results import Analysis
from imu_hip.measures.gait_comparison import GaitComparison, Verdict
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.reserve import Reserve
from imu_hip.measures.running import GaitTest
from imu_hip.measures.stride_statistics import FEWEST_FOR_VERDICT, StrideChange
from imu_hip.names import Side, Task
from imu_hip.report.gait_wording import QUANTITY_WORDS, STEP_WORDS, interval
from imu_hip.report.wording import decimals_apart, degrees, give_or_take, known

SMALLEST_TOLD_CHANGE_DEG: Final = 1.0
"""Strides of one runner differ by about a degree; less than that is no news, however sure."""

ONE_LEG: Final = "Only one leg was measured, so left and right are not compared."

_TOLD_CHANGES: Final = (GaitQuantity.CYCLE_EXCURSION, GaitQuantity.VARIABILITY)


def gait_headline(test: GaitTest) -> str:
    """What one femur does in a stride."""
    return (
        f"Your {test.side} femur turns {degrees(test.excursion_deg)} "
        f"{give_or_take(test.uncertainty.sem_deg)} in a {STEP_WORDS[test.task]} stride "
        f"(mean of {test.strides} strides)."
    )


def rhythm_sentence(tests: Mapping[Side, GaitTest]) -> str:
    """Cadence, stride time and time on the ground of both legs together."""
    legs = list(tests.values())
    stride_s = sum(t.stride_time_s for t in legs) / len(legs)
    stance = [t.stance_fraction for t in legs if known(t.stance_fraction)]
    ground = f", {100 * sum(stance) / len(stance):.0f} % of it on the ground" if stance else ""
    return f"{120.0 / stride_s:.0f} steps a minute: {stride_s:.2f} s a stride{ground}."


def verdict_sentence(comparison: GaitComparison, tests: Mapping[Side, GaitTest]) -> str:
    """Left against right in one sentence, never without the error that it must exceed."""
    found = comparison.differences[GaitQuantity.CYCLE_EXCURSION]
    if comparison.verdict is Verdict.TOO_FEW:
        counts = " and ".join(f"{tests[side].strides} {side}" for side in Side if side in tests)
        return (
            f"Too few strides to compare left and right: {counts} count, "
            f"{FEWEST_FOR_VERDICT} a side are needed."
        )
    decimals = decimals_apart(found.difference, found.mdc95) if found.measurable else 0
    size, error = degrees(abs(found.difference), decimals), degrees(found.mdc95, decimals)
    healthy = degrees(comparison.healthy_deg)
    if comparison.verdict is Verdict.NONE:
        return (
            f"No measurable difference between left and right: {size} in the rotation of a stride "
            f"is within the measurement error of {error}; healthy legs differ by up to {healthy}."
        )
    if not found.measurable:
        return _curve_sentence(comparison)
    more = Side.RIGHT if found.difference > 0 else Side.LEFT
    told = f"Your {more} femur turns {size} more in the stride than your {more.other}"
    if comparison.verdict is Verdict.USUAL:
        return (
            f"{told}: more than the measurement error of {error}, but no more than the {healthy} "
            "by which healthy legs differ."
        )
    return (
        f"{told}: more than the measurement error of {error} and than the {healthy} by which "
        "healthy legs differ."
    )


def _curve_sentence(comparison: GaitComparison) -> str:
    at = comparison.largest_at_percent
    difference_deg = float(comparison.difference_deg[at])
    where = "inward" if difference_deg > 0 else "outward"
    return (
        f"Both femurs turn about as far, but differently: at {at} % of the stride the right one "
        f"stands {degrees(abs(difference_deg))} further {where} than the left, more than the "
        f"measurement error of {degrees(comparison.curve_mdc95_deg)} and than the "
        f"{degrees(comparison.healthy_deg)} by which healthy legs differ."
    )


def reserve_sentence(reserve: Reserve) -> str:
    """How much of the passive range one leg uses."""
    step = "Running" if reserve.task is Task.RUN else "Walking"
    used_deg = reserve.used_internal_deg + reserve.used_external_deg
    position = "lying prone" if reserve.position is Task.PRONE else "sitting"
    if reserve.arc_used_percent is None or not known(reserve.arc_used_percent):
        return (
            f"{step} turns your {reserve.side} femur by {degrees(used_deg)}; the {position} test "
            "lacks a direction, so its share is not known."
        )
    arc_deg = (reserve.passive_internal_deg or 0.0) + (reserve.passive_external_deg or 0.0)
    return (
        f"{step} uses {degrees(used_deg)} of the {degrees(arc_deg)} that your {reserve.side} hip "
        f"turns {position}: {reserve.arc_used_percent:.0f} % "
        f"({reserve.arc_used_low_percent:.0f} to {reserve.arc_used_high_percent:.0f} %)."
    )


def change_sentences(tests: Mapping[Side, GaitTest]) -> tuple[str, ...]:
    """What surely changed from the first to the last fifth of the strides, or that nothing did."""
    told = tuple(
        _change(test, change)
        for test in tests.values()
        for change in test.changes
        if change.quantity in _TOLD_CHANGES
        and (change.low > 0.0 or change.high < 0.0)
        and abs(change.difference) >= SMALLEST_TOLD_CHANGE_DEG
    )
    if told or not any(test.changes for test in tests.values()):
        return told
    unchanged = (
        "From the first to the last fifth of the strides neither the rotation nor the spread "
        f"between strides surely changed by {degrees(SMALLEST_TOLD_CHANGE_DEG)} or more."
    )
    return (unchanged,)


def _change(test: GaitTest, change: StrideChange) -> str:
    verb = "grew" if change.difference > 0 else "shrank"
    low, high = sorted((abs(change.low), abs(change.high)))
    return (
        f"From the first to the last fifth of the strides the {QUANTITY_WORDS[change.quantity]} of "
        f"your {test.side} femur {verb} by {degrees(abs(change.difference), 1)} "
        f"({interval(degrees(low, 1), degrees(high, 1))})."
    )


def gait_sentences(analysis: Analysis) -> tuple[str, ...]:
    """What a terminal says of walking and running below its table."""
    tests = {result.side: result for result in analysis.results if isinstance(result, GaitTest)}
    if not tests:
        return ()
    compared = [verdict_sentence(c, tests) for c in analysis.gait_comparisons] or [ONE_LEG]
    reserves = (reserve_sentence(reserve) for reserve in analysis.reserves)
    return (*compared, *reserves, *change_sentences(tests))

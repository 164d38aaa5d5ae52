"""The tables of walking and running."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from imu_hip.measures.gait_comparison import GaitComparison, QuantityDifference
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.running import GaitTest
from imu_hip.measures.running_norm import runners_band
from imu_hip.measures.stride_statistics import StrideChange
from imu_hip.names import Side, Task
from imu_hip.report.gait_wording import (
    QUANTITY_WORDS,
    interval,
    quantity_value,
    turned,
    with_interval,
)
from imu_hip.report.tables import Grid
from imu_hip.report.wording import clock, decimals_apart, degrees, known, signed_degrees

RUNNERS_TOE_OFF_PERCENT: Final = 36
"""Where the published runners leave the ground, in percent of the stride."""

MOST_REJECTED_LISTED: Final = 40

_PHASES: Final = (
    ("Landing", GaitQuantity.AT_FOOT_STRIKE, GaitQuantity.AT_MID_STANCE),
    ("Push-off", GaitQuantity.AT_MID_STANCE, GaitQuantity.AT_TOE_OFF),
    ("Driving forward", GaitQuantity.AT_TOE_OFF, GaitQuantity.AT_FOOT_STRIKE),
)
_EXPECTED: Final = ("inward", "inward", "outward")


def _sides(tests: Mapping[Side, GaitTest]) -> tuple[str, ...]:
    return tuple(side.capitalize() for side in tests)


def quantities_grid(tests: Mapping[Side, GaitTest], comparison: GaitComparison | None) -> Grid:
    """Every quantity of each leg with its interval, and the difference with what it must exceed."""
    rows = []
    for quantity in GaitQuantity:
        row = [QUANTITY_WORDS[quantity].capitalize()]
        row += [with_interval(test.statistics[quantity]) for test in tests.values()]
        if comparison is not None:
            row.append(_difference(comparison.differences.get(quantity)))
        rows.append(tuple(row))
    head = ("", *_sides(tests), *(("Right minus left",) if comparison is not None else ()))
    return Grid("Through the stride", head, tuple(rows))


def _difference(found: QuantityDifference | None) -> str:
    if found is None or not known(found.difference):
        return "–"
    decimals = decimals_apart(found.difference, found.mdc95) if found.measurable else 0
    size, error = signed_degrees(found.difference, decimals), degrees(found.mdc95, decimals)
    if found.quantity.timing:
        size, error = size.replace("°", " %"), error.replace("°", " %")
    if not known(found.mdc95):
        return size
    verdict = "measurable" if found.measurable else "not measurable"
    return f"{size}, error {error}: {verdict}"


def strides_grid(tests: Mapping[Side, GaitTest]) -> Grid:
    """Strides and rhythm of each leg, and what was left out."""
    legs = tests.values()
    rows = (
        ("Strides used", *(str(t.strides) for t in legs)),
        (
            "Strides left out",
            *(_left_out(t) for t in legs),
        ),
        (
            "Stride time",
            *(f"{t.stride_time_s:.2f} s (SD {t.stride_time_sd_s:.3f} s)" for t in legs),
        ),
        ("Cadence", *(f"{t.cadence_spm:.0f} steps a minute" for t in legs)),
        ("On the ground", *(_percent(100.0 * t.stance_fraction) for t in legs)),
    )
    return Grid("Strides", ("", *_sides(tests)), rows)


def _left_out(test: GaitTest) -> str:
    reasons = ", ".join(f"{reason} ({count})" for reason, count in test.left_out)
    return f"{sum(count for _, count in test.left_out)}: {reasons}" if reasons else "none"


def _percent(value: float) -> str:
    return f"{value:.0f} % of the stride" if known(value) else "not found"


def changes_grid(tests: Mapping[Side, GaitTest]) -> Grid | None:
    """First against last fifth of the strides; None where the run is too short for that."""
    legs = {side: {c.quantity: c for c in test.changes} for side, test in tests.items()}
    told = [q for q in GaitQuantity if any(q in changes for changes in legs.values())]
    if not told:
        return None
    rows = []
    for quantity in told:
        row = [QUANTITY_WORDS[quantity].capitalize()]
        for changes in legs.values():
            row.append(_changed(changes.get(quantity)))
        rows.append(tuple(row))
    caption = "First fifth, last fifth: change (95 % interval)"
    return Grid(caption, ("", *_sides(tests)), tuple(rows))


def _changed(change: StrideChange | None) -> str:
    if change is None:
        return "too few strides"
    first, last = (quantity_value(change.quantity, v) for v in (change.first, change.last))
    size, low, high = (signed_degrees(v, 1) for v in (change.difference, change.low, change.high))
    return f"{first}, {last}: {size} ({interval(low, high)})"


def expectation_grid(tests: Mapping[Side, GaitTest]) -> Grid:
    """What the founding article expects in each phase, beside what was measured."""
    task = next(iter(tests.values())).task
    published = _published_turns() if task is Task.RUN else None
    rows = []
    for i, (words, begins, ends) in enumerate(_PHASES):
        measured = (
            turned(t.statistics[ends].mean - t.statistics[begins].mean) for t in tests.values()
        )
        row = [words, _EXPECTED[i], *measured]
        if published is not None:
            row.append(turned(published[i]))
        rows.append(tuple(row))
    head = ["Phase", "Article", *_sides(tests)]
    if published is not None:
        head.append("Runners")
    return Grid("Which way the femur turns", tuple(head), tuple(rows))


def _published_turns() -> tuple[float, float, float]:
    curve = runners_band().mean_deg
    strike, off = curve[0], curve[RUNNERS_TOE_OFF_PERCENT]
    middle = curve[RUNNERS_TOE_OFF_PERCENT // 2]
    return float(middle - strike), float(off - middle), float(curve[-1] - off)


def rejected_grids(tests: Mapping[Side, GaitTest]) -> tuple[Grid, ...]:
    """The strides that were left out, with time and reason; the first ones of many."""
    return tuple(
        Grid(
            f"{side.capitalize()} leg: strides left out{_of(len(test.rejected))}",
            ("At", "Reason"),
            tuple(
                (clock(stride.start_s), stride.reason)
                for stride in test.rejected[:MOST_REJECTED_LISTED]
            ),
        )
        for side, test in tests.items()
        if test.rejected
    )


def _of(count: int) -> str:
    return f" (first {MOST_REJECTED_LISTED} of {count})" if count > MOST_REJECTED_LISTED else ""


def flexion_sentence(tests: Sequence[GaitTest]) -> str:
    """How far the rotation still follows the knee's flexion, which it should not by itself."""
    told = [t for t in tests if np.isfinite(t.flexion_correlation)]
    if not told:
        return ""
    parts = " and ".join(f"{t.flexion_correlation:+.2f} {t.side}".replace("-", "−") for t in told)
    return (
        f"Correlation of the rotation with knee flexion: {parts}. Hip and knee move together in "
        "every stride, so it is not zero; near ±1 the rotation would be knee flexion that a hinge "
        "a few degrees off lets through."
    )

"""The tables of a comparison with a reference, on the page and in the terminal."""

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from imu_hip.exchange.angle_columns import in_words
from imu_hip.exchange.validating import Validation
from imu_hip.measures.agreement import Agreement, Interval
from imu_hip.measures.delay import Delay
from imu_hip.measures.unit_agreement import UnitAgreement
from imu_hip.measures.validation import Legs
from imu_hip.names import Side
from imu_hip.report.tables import Grid
from imu_hip.report.validation_sentences import (
    correlation_words,
    interval_words,
    limits_words,
    unit_words,
)
from imu_hip.report.wording import capital, degrees, signed_degrees

if TYPE_CHECKING:
    from rich.table import Table

UNKNOWN = "–"


def agreement_grid(legs: Legs, own_delays: Mapping[Side, Delay | None]) -> Grid:
    """Every sample of an angle against the reference's, with 95 % intervals."""
    rows = (
        ("RMS", *(_size(leg.rms_deg) for leg in legs.values())),
        ("RMS without offset", *(_size(leg.rms_without_offset_deg) for leg in legs.values())),
        ("Offset", *(_signed(leg.offset_deg) for leg in legs.values())),
        ("Correlation", *(_correlation(leg.correlation) for leg in legs.values())),
        ("Delay of its own", *(_delay(own_delays[side]) for side in legs)),
        ("SD of the reference", *(degrees(leg.reference_sd_deg, 1) for leg in legs.values())),
        (
            "Excursion over all, difference",
            *(signed_degrees(leg.excursion_error_deg, 1) for leg in legs.values()),
        ),
        ("Limits of single samples", *(_limits(leg.sample_limits) for leg in legs.values())),
        (
            "Samples (independent)",
            *(f"{leg.samples} ({leg.effective_samples:.0f})" for leg in legs.values()),
        ),
        (
            "Of the reference covered",
            # Rounded down: 100 % is all of it.
            *(f"{math.floor(leg.covered_percent)} %" for leg in legs.values()),
        ),
    )
    return Grid("All samples, with 95 % intervals", _head(legs), rows)


def unit_grid(legs: Legs) -> tuple[Grid, ...]:
    """Strides, repetitions or cycles, estimate minus reference; none where none were found."""
    units = {side: leg.units for side, leg in legs.items() if leg.units is not None}
    # One leg may have strides where the other has too few, and so only cycles.
    return tuple(
        _unit_grid(word, {side: own for side, own in units.items() if own.word == word})
        for word in dict.fromkeys(own.word for own in units.values())
    )


def _unit_grid(word: str, found: Mapping[Side, UnitAgreement]) -> Grid:
    rows: list[tuple[str, ...]] = [
        (f"{word.capitalize()}s", *(str(units.count) for units in found.values()))
    ]
    for name, field in (("Excursion", "excursion"), ("Highest", "highest"), ("Lowest", "lowest")):
        values = [getattr(units, field) for units in found.values()]
        rows += [
            (f"{name}, mean difference", *(_signed(one.limits.bias) for one in values)),
            (f"{name}, limits of agreement", *(_limits(one.limits) for one in values)),
        ]
    caption = f"One {word} at a time, estimate minus reference"
    return Grid(caption, _head(found), tuple(rows))


def validation_table(validation: Validation) -> "Table":
    """One row an angle of a leg."""
    from rich.box import SIMPLE  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    title = "Simulated recording" if validation.simulated else None
    table = Table(title=title, box=SIMPLE, pad_edge=False)
    table.add_column("Angle", overflow="fold", min_width=7)
    for heading in ("RMS", "Without offset", "Offset", "Correlation", "Excursion, difference"):
        table.add_column(heading, justify="right", overflow="fold")
    for key, leg in validation.angles.items():
        excursion = f"{signed_degrees(leg.excursion_error_deg, 1)} over all"
        if leg.units is not None:
            bias = leg.units.excursion.limits.bias
            count = unit_words(leg.units.word, leg.units.count)
            excursion = f"{signed_degrees(bias.value, 1)} ({interval_words(bias)}, {count})"
        table.add_row(
            capital(in_words(key)),
            degrees(leg.rms_deg.value, 1),
            degrees(leg.rms_without_offset_deg.value, 1),
            signed_degrees(leg.offset_deg.value, 1),
            correlation_words(leg.correlation.value),
            excursion,
        )
    return table


def _head(legs: Iterable[Side]) -> tuple[str, ...]:
    return ("", *(side.capitalize() for side in legs))


def _size(interval: Interval) -> str:
    text = degrees(interval.value, 1)
    if not math.isfinite(interval.low):
        return text
    # The jackknife knows no bounds; a root mean square is never negative.
    return f"{text} ({degrees(max(interval.low, 0.0), 1)} to {degrees(interval.high, 1)})"


def _signed(interval: Interval) -> str:
    text = signed_degrees(interval.value, 1)
    return f"{text} ({interval_words(interval)})" if math.isfinite(interval.low) else text


def _correlation(interval: Interval) -> str:
    text = correlation_words(interval.value)
    if not math.isfinite(interval.low):
        return text
    # Nor does it know those of a correlation.
    low, high = max(interval.low, -1.0), min(interval.high, 1.0)
    return f"{text} ({correlation_words(low)} to {correlation_words(high)})"


def _delay(delay: Delay | None) -> str:
    if delay is None:
        return "cannot be told"
    size_ms = round(1000 * delay.delay_s)
    sign = "−" if size_ms < 0 else "+" if size_ms > 0 else ""
    error = f" ±{1000 * delay.error_s:.0f}" if math.isfinite(delay.error_s) else ""
    return f"{sign}{abs(size_ms)}{error} ms"


def _limits(limits: Agreement | None) -> str:
    return UNKNOWN if limits is None else limits_words(limits)

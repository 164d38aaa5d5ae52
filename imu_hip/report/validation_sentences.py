"""What a comparison with a reference says, in sentences."""

import math
from typing import Final

from imu_hip.exchange.angle_columns import Angle, in_words
from imu_hip.exchange.validating import Validation
from imu_hip.measures.agreement import Agreement, Interval
from imu_hip.measures.delay import Delay
from imu_hip.measures.drift import Drift
from imu_hip.measures.validation import AngleAgreement, Legs
from imu_hip.report.wording import degrees, duration, signed_degrees

WITHOUT_ZERO: Final = (Angle.FEMORAL_ROTATION, Angle.HIP_ROTATION)
"""Angles whose zero no motion sensor sees in walking and running."""

NO_ZERO: Final = (
    "Motion sensors do not see the zero of a rotation in walking and running, so the offset is no "
    "error of the movement: compare without it."
)
FEW_UNITS: Final = (
    "No strides or repetitions were found in both, so the limits of agreement are those of single "
    "samples, with the intervals of as many independent ones as they are worth."
)


def overview_sentences(validation: Validation) -> tuple[str, ...]:
    """The whole result first, then the clocks."""
    return (_headline(validation), *clock_sentences(validation))


def clock_sentences(validation: Validation) -> tuple[str, ...]:
    """How the two lie in time to each other."""
    delay = validation.delay
    if delay is None:
        return ("The clocks of both were taken as they stand.",)
    if not math.isfinite(delay.error_s):
        size = f"{_time(abs(delay.delay_s))} (the overlap is too short to tell how sure that is)"
    else:
        size = f"{_time(abs(delay.delay_s))} ±{_time(delay.error_s)}"
    # A delay within its error is none, and "0.3 ms later" would be read as one.
    if abs(delay.delay_s) <= delay.error_s:
        first = f"The clocks of both agree: the delay between them is {size}."
    else:
        later = "later" if delay.delay_s > 0 else "earlier"
        first = (
            f"In {validation.estimate} the same movement comes {size} {later} than in "
            f"{validation.reference}; that delay was taken off."
        )
    return (first, *_rivals(delay), *_drift(validation.drift))


def _rivals(delay: Delay) -> tuple[str, ...]:
    if not delay.rivals_s:
        return ()
    rivals = ", ".join(_time(rival) for rival in delay.rivals_s)
    told = (
        f"The movement repeats itself, so delays of {rivals} fit nearly as well; the one nearest "
        "to zero was taken."
    )
    return (told,)


def _drift(drift: Drift | None) -> tuple[str, ...]:
    if drift is None:
        return ()
    word = "fast" if drift.change_s > 0 else "slow"
    told = (
        f"The delay changes by {_time(abs(drift.change_s))} ±{_time(drift.error_s)} in "
        f"{duration(drift.over_s)}: the estimate's clock runs {abs(drift.rate_ppm):.0f} parts in a "
        f"million too {word}. That was not corrected and adds to the differences."
    )
    return (told,)


def leg_sentences(legs: Legs) -> tuple[str, ...]:
    """One angle, leg by leg."""
    return tuple(
        f"{side.capitalize()}: {degrees(leg.rms_without_offset_deg.value, 1)} RMS without the "
        f"offset of {signed_degrees(leg.offset_deg.value, 1)}, correlation "
        f"{correlation_words(leg.correlation.value)}. {_excursion(leg)}"
        for side, leg in legs.items()
    )


def interval_words(interval: Interval) -> str:
    """The ends of an interval of degrees, such as '1.8 to 3.5°'."""
    if not math.isfinite(interval.low):
        return "too short to tell"
    return f"{signed_degrees(interval.low, 1)} to {signed_degrees(interval.high, 1)}"


def limits_words(limits: Agreement) -> str:
    """Both limits of agreement of differences in degrees, such as '−2.1° to +3.5°'."""
    return f"{signed_degrees(limits.lower.value, 1)} to {signed_degrees(limits.upper.value, 1)}"


def correlation_words(value: float) -> str:
    """A correlation with two decimals; three where two would round to 1."""
    if not math.isfinite(value):
        return "unknown"
    # A correlation of 1.00 would claim what no measurement reaches.
    text = f"{value:.2f}" if abs(value) < 0.995 else f"{value:.3f}"
    return text.replace("-", "−")


def unit_words(word: str, count: int) -> str:
    """A number of strides, repetitions or cycles."""
    return f"{count} {word}{'' if count == 1 else 's'}"


def _headline(validation: Validation) -> str:
    # Without the offset, which depends on a zero that each system sets by itself.
    found = {key: leg.rms_without_offset_deg.value for key, leg in validation.angles.items()}
    compared_s = max(leg.compared_s for leg in validation.angles.values())
    best, worst = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
    if best == worst:
        leg = validation.angles[best]
        return (
            f"Over {duration(compared_s)}, {in_words(best)} differs from the reference by "
            f"{degrees(found[best], 1)} RMS without the offset; the correlation is "
            f"{correlation_words(leg.correlation.value)}."
        )
    return (
        f"Over {duration(compared_s)}, the angles differ from the reference by "
        f"{degrees(found[best], 1)} ({in_words(best)}) to {degrees(found[worst], 1)} "
        f"({in_words(worst)}) RMS, each without its offset."
    )


def _excursion(leg: AngleAgreement) -> str:
    if leg.units is None:
        larger = "larger" if leg.excursion_error_deg >= 0 else "smaller"
        return f"Its excursion is {degrees(abs(leg.excursion_error_deg), 1)} {larger}."
    limits = leg.units.excursion.limits
    bias = limits.bias
    count = unit_words(leg.units.word, leg.units.count)
    larger = "larger" if bias.value >= 0 else "smaller"
    return (
        f"Over {count} its excursion is {degrees(abs(bias.value), 1)} {larger} on average (95 % "
        f"interval {interval_words(bias)}); of a single {leg.units.word} it differs by "
        f"{limits_words(limits)}."
    )


def _time(seconds: float) -> str:
    """A delay in milliseconds, or in seconds where it is long."""
    sign = "−" if seconds < 0 else ""
    size = abs(seconds)
    if size >= 1.0:
        return f"{sign}{size:.2f} s"
    if size >= 0.01 or size == 0.0:
        return f"{sign}{1000 * size:.0f} ms"
    return f"{sign}{1000 * size:.1f} ms"

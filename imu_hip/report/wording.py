"""Numbers and names as people read them."""

import math
from typing import Final

from imu_hip.names import MarkerLabel, Task

NOT_MEASURED: Final = "not measured"

TEST_NAME: Final = {
    Task.SEATED: "Seated test",
    Task.PRONE: "Prone test",
    Task.CROSS_LEGGED: "Cross-legged test",
    Task.WALK: "Walking",
    Task.RUN: "Running",
}


def known(value: float | None) -> bool:
    """Whether a value was measured: neither None nor NaN."""
    return value is not None and math.isfinite(value)


def number(value: float, decimals: int) -> str:
    """A number such as '−3.2', with the sign for minus."""
    # Minus zero would look like a small negative number.
    rounded = round(value, decimals) + 0.0
    return f"{'−' if rounded < 0 else ''}{abs(rounded):.{decimals}f}"


def degrees(value_deg: float | None, decimals: int = 0) -> str:
    """An angle such as '31°'; 'not measured' where there is none."""
    if value_deg is None or not math.isfinite(value_deg):
        return NOT_MEASURED
    return f"{number(value_deg, decimals)}°"


def signed_degrees(value_deg: float | None, decimals: int = 0) -> str:
    """An angle with its sign, such as '+8°'; zero has none."""
    text = degrees(value_deg, decimals)
    return f"+{text}" if value_deg is not None and round(value_deg, decimals) > 0 else text


def give_or_take(value_deg: float | None) -> str:
    """An uncertainty such as '±2°'."""
    return f"±{degrees(value_deg)}" if known(value_deg) else NOT_MEASURED


def with_error(value_deg: float | None, sem_deg: float) -> str:
    """A value with its uncertainty, such as '31° ±2°'."""
    return f"{degrees(value_deg)} {give_or_take(sem_deg)}" if known(value_deg) else NOT_MEASURED


def decimals_apart(value: float, other: float) -> int:
    """Decimals that it takes to see that two sizes differ, at most 2.

    "6° is more than the error of 6°" would read as a mistake.
    """
    return next((n for n in range(2) if round(abs(value), n) != round(abs(other), n)), 2)


def size_and_error(size_deg: float, error_deg: float, *, exceeds: bool) -> tuple[str, str]:
    """A size and its measurement error; where it exceeds that, it reads as larger."""
    decimals = decimals_apart(size_deg, error_deg) if exceeds else 0
    return degrees(abs(size_deg), decimals), degrees(error_deg, decimals)


def duration(seconds: float) -> str:
    """A duration such as '48 s', '3 min 20 s' or '1 h 5 min'."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def clock(seconds: float) -> str:
    """A moment of the recording as minutes and seconds, such as '1:05'."""
    minutes, rest = divmod(int(max(seconds, 0.0)), 60)
    return f"{minutes}:{rest:02d}"


def label_words(label: MarkerLabel) -> str:
    """A marker's label as a person reads it, such as 'knee extension'."""
    return "cross-legged" if label is MarkerLabel.CROSS_LEGGED else label.value.replace("_", " ")


def capital(words: str) -> str:
    """Words with a capital first letter; the others stay as they are."""
    return words[:1].upper() + words[1:]

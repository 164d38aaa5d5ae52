"""Numbers of the JSON document: rounded, and None where nothing was measured."""

import math
from typing import Any

from imu_hip.kinematics.quaternion import FloatArray

Document = dict[str, Any]


def rounded(value: float | None, decimals: int) -> float | None:
    """A number with so many decimals, None for None and NaN."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), decimals) + 0.0


def deg(value: float | None) -> float | None:
    """An angle of a result."""
    return rounded(value, 1)


def seconds(value: float | None) -> float | None:
    """A time of the recording."""
    return rounded(value, 3)


def curve(values: FloatArray) -> list[float | None]:
    """A curve or a column of angles."""
    return [rounded(value, 2) for value in values.tolist()]


def times(values: FloatArray) -> list[float | None]:
    """A column of times."""
    return [seconds(value) for value in values.tolist()]

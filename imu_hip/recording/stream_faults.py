"""What a stream of samples must not hold, told all at once and with its place."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray

if TYPE_CHECKING:
    from imu_hip.recording.recording import SensorStream

UNIT_NORM_TOLERANCE: Final = 0.02
"""Files round quaternions to as few as three decimals; anything worse is damage."""

LARGEST: Final[Mapping[str, float]] = {
    "orientation": float(np.finfo(np.float64).max),
    "acceleration": 1e5,
    "angular velocity": 1e6,
    "magnetic field": 1e9,
}
"""In m/s² and °/s far above every sensor, so that only damage or a wrong unit gets there.

An orientation is judged by its length."""

LARGEST_RATE_HZ: Final = 1e6
LARGEST_TIME_S: Final = 1e11
"""Three thousand years: even times of day since any epoch stay below."""


def stream_faults(stream: "SensorStream") -> list[str]:
    """Everything that is wrong with a stream, in words; nothing where it can be used."""
    n = len(stream.time_s)
    if n < 2:
        return [f"it has {n} sample{'s' if n != 1 else ''}, at least 2 are needed"]
    faults = _time_faults(stream.time_s)
    if not 0.0 < stream.sampling_rate_hz <= LARGEST_RATE_HZ:
        faults.append(f"its sampling rate is {stream.sampling_rate_hz} Hz")
    if stream.q_earth_sensor is None and not stream.has_raw:
        faults.append("it has neither an orientation nor acceleration with angular velocity")
    channels = (
        ("orientation", stream.q_earth_sensor, 4),
        ("acceleration", stream.acc_mps2, 3),
        ("angular velocity", stream.gyr_dps, 3),
        ("magnetic field", stream.mag_au, 3),
    )
    for name, values, width in channels:
        if values is not None:
            faults.extend(_channel_faults(name, values, (n, width), stream.time_s))
    if stream.q_earth_sensor is not None and stream.q_earth_sensor.shape == (n, 4):
        faults.extend(_norm_faults(stream.q_earth_sensor, stream.time_s))
    return faults


def _time_faults(time_s: FloatArray) -> list[str]:
    if not np.all(np.isfinite(time_s)):
        return [f"time is not a number at sample {int(np.argmin(np.isfinite(time_s))) + 1}"]
    if np.abs(time_s[[0, -1]]).max() > LARGEST_TIME_S:
        return [f"its times reach {np.abs(time_s[[0, -1]]).max():.3g} s, which no recording lasts"]
    steps = np.diff(time_s)
    wrong = np.flatnonzero(steps <= 0)
    if not len(wrong):
        return []
    i = int(wrong[0])
    kind = "repeats" if steps[i] == 0 else "runs backward"
    return [f"time {kind} at {time_s[i + 1]:.3f} s, {_place(i + 1, len(wrong))}"]


def _place(index: int, count: int, words: str = "") -> str:
    such = words or f"such sample{'s' if count != 1 else ''}"
    return f"sample {index + 1} ({count} {such})"


def _channel_faults(
    name: str, values: FloatArray, shape: tuple[int, int], time_s: FloatArray
) -> list[str]:
    if values.shape != shape:
        return [f"{name} has shape {values.shape} instead of {shape}"]
    # Two passes tell whether each number is one that a sensor can send; a mask takes five times
    # as long. What is no number is neither above nor below.
    limit = LARGEST[name]
    if values.max() <= limit and values.min() >= -limit:
        return []
    bad = np.flatnonzero(~(np.abs(values) <= limit).all(axis=1))
    finite = np.isfinite(values[bad[0]]).all()
    what = f"beyond what any sensor measures ({limit:g})" if finite else "not a number"
    return [f"{name} is {what} at {time_s[bad[0]]:.3f} s, {_place(bad[0], len(bad), 'in all')}"]


def _norm_faults(q: FloatArray, time_s: FloatArray) -> list[str]:
    # Damaged bytes make numbers whose squares overflow; the length is then infinite and refused.
    with np.errstate(over="ignore"):
        norms = np.linalg.norm(q, axis=1)
    bad = np.flatnonzero(np.abs(norms - 1.0) > UNIT_NORM_TOLERANCE)
    if not len(bad):
        return []
    i = int(bad[0])
    place = _place(i, len(bad))
    return [f"orientation has length {norms[i]:.3f} instead of 1 at {time_s[i]:.3f} s, {place}"]

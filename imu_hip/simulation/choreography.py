"""Writing a movement down as smooth ramps between postures, and playing it at any rate."""

from dataclasses import dataclass, field

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray


def minimum_jerk(fraction: FloatArray) -> FloatArray:
    """Smooth step from 0 to 1 over [0, 1] (T. Flash and N. Hogan, J. Neurosci. 5(7), 1985)."""
    f = np.clip(fraction, 0.0, 1.0)
    step: FloatArray = f * f * f * (10.0 + f * (6.0 * f - 15.0))
    return step


def smooth_through(values: FloatArray, at: FloatArray) -> FloatArray:
    """Pass through `values`, shape (k,), at whole numbers, with two continuous derivatives.

    Before the first and after the last value the curve stays level; `at` has shape (n,).
    """
    place = np.clip(at, 0.0, len(values) - 1.0)
    index = np.minimum(place.astype(np.intp), len(values) - 2)
    between: FloatArray = values[index] + np.diff(values)[index] * minimum_jerk(place - index)
    return between


@dataclass(slots=True)
class Choreography:
    """A score that is written from front to back: named channels move to targets, then hold.

    Parameters
    ----------
    time_s
        Where the score has been written to.
    """

    time_s: float = 0.0
    _start: dict[str, float] = field(default_factory=dict)
    _moves: dict[str, list[tuple[float, float, float]]] = field(default_factory=dict)
    _now: dict[str, float] = field(default_factory=dict)

    def begin(self, posture: dict[str, float]) -> None:
        """Set the posture at time 0."""
        self._start |= posture
        self._now |= posture

    def ramp(self, targets: dict[str, float], duration_s: float) -> None:
        """Move channels to their targets together."""
        for name, target in targets.items():
            change = target - self._now[name]
            if change != 0.0:
                move = (self.time_s, duration_s, change)
                self._moves.setdefault(name, []).append(move)
                self._now[name] = target
        self.hold(duration_s)

    def hold(self, duration_s: float) -> None:
        """Let everything rest."""
        self.time_s = round(self.time_s + duration_s, 6)

    def now(self, name: str) -> float:
        """Value of a channel where the score has been written to."""
        return self._now[name]

    def posture(self) -> dict[str, float]:
        """All channels where the score has been written to."""
        return dict(self._now)

    def play(self, name: str, time_s: FloatArray) -> FloatArray:
        """One channel at given times, shape (n,)."""
        values = np.full(len(time_s), self._start[name])
        for start_s, duration_s, change in self._moves.get(name, []):
            values += change * minimum_jerk((time_s - start_s) / duration_s)
        return values


def wander(time_s: FloatArray, sd: float, rng: np.random.Generator) -> FloatArray:
    """Slow unsteadiness with a trace of physiological tremor, shape (n,).

    Ten slow waves (0.1 to 0.8 Hz) carry the standard deviation `sd`; three fast ones (6 to 9 Hz)
    a thirtieth of it, which is about 0.1 m/s² at the ankle for 0.2°.
    """
    total = np.zeros(len(time_s))
    if sd == 0.0:
        return total
    for count, low_hz, high_hz, amount in ((10, 0.1, 0.8, sd), (3, 6.0, 9.0, sd / 30.0)):
        amplitude = amount * np.sqrt(2.0 / count)
        for frequency_hz in rng.uniform(low_hz, high_hz, count):
            phase = rng.uniform(0.0, 2.0 * np.pi)
            total += amplitude * np.sin(2.0 * np.pi * frequency_hz * time_s + phase)
    return total

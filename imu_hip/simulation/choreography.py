"""Writing a movement down as smooth ramps between postures, and playing it at any rate."""

from bisect import bisect_right
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
class _Channel:
    """Moves of one channel, each (start, duration, change), in the order of their starts.

    Parameters
    ----------
    values
        The value at the beginning, then what each move in turn leads to.
    settled_s
        When each move and all before it have come to their end.
    """

    values: list[float]
    moves: list[tuple[float, float, float]] = field(default_factory=list)
    settled_s: list[float] = field(default_factory=list)

    def move(self, start_s: float, duration_s: float, target: float) -> None:
        end_s = max(start_s + duration_s, self.settled_s[-1] if self.settled_s else -np.inf)
        self.moves.append((start_s, duration_s, target - self.values[-1]))
        self.settled_s.append(end_s)
        self.values.append(target)

    def interrupt(self, at_s: float) -> None:
        while self.moves and self.moves[-1][0] >= at_s:
            self.moves.pop()
            self.settled_s.pop()
            self.values.pop()

    def forget(self, before_s: float) -> None:
        past = bisect_right(self.settled_s, before_s)
        del self.moves[:past], self.settled_s[:past], self.values[:past]

    def play(self, time_s: FloatArray) -> FloatArray:
        # A person who is guided for hours has thousands of moves, most of them long past.
        first_s, last_s = (time_s[0], time_s[-1]) if len(time_s) else (np.inf, np.inf)
        past = bisect_right(self.settled_s, first_s)
        values = np.full(len(time_s), self.values[past])
        for start_s, duration_s, change in self.moves[past:]:
            if start_s > last_s:
                break
            values += change * minimum_jerk((time_s - start_s) / duration_s)
        return values


@dataclass(slots=True)
class Choreography:
    """A score that is written from front to back: named channels move to targets, then hold.

    Parameters
    ----------
    time_s
        Where the score has been written to.
    """

    time_s: float = 0.0
    _channels: dict[str, _Channel] = field(default_factory=dict)

    @property
    def settled_s(self) -> float:
        """When everything that is written has come to its end, 0 where nothing moves."""
        return max((c.settled_s[-1] for c in self._channels.values() if c.moves), default=0.0)

    def begin(self, posture: dict[str, float]) -> None:
        """Set the posture at time 0."""
        self._channels |= {name: _Channel([value]) for name, value in posture.items()}

    def ramp(self, targets: dict[str, float], duration_s: float) -> None:
        """Move channels to their targets together."""
        for name, target in targets.items():
            if target != self.now(name):
                self._channels[name].move(self.time_s, duration_s, target)
        self.hold(duration_s)

    def hold(self, duration_s: float) -> None:
        """Let everything rest."""
        self.time_s = round(self.time_s + duration_s, 6)

    def interrupt(self, at_s: float) -> None:
        """Take back what was to begin at `at_s` or later, and write on from there.

        A move that is on its way goes on to its end, and what is written next is added to it, as
        people do who are told another target (T. Flash and E. Henis, J. Cogn. Neurosci. 3(3),
        1991). So position, velocity and acceleration stay continuous.
        """
        for channel in self._channels.values():
            channel.interrupt(at_s)
        self.time_s = at_s

    def forget(self, before_s: float) -> None:
        """Drop the moves that ended before; times before them then show where they led to."""
        for channel in self._channels.values():
            channel.forget(before_s)

    def now(self, name: str) -> float:
        """Value of a channel where the score has been written to and everything has settled."""
        return self._channels[name].values[-1]

    def posture(self) -> dict[str, float]:
        """All channels where the score has been written to."""
        return {name: channel.values[-1] for name, channel in self._channels.items()}

    def play(self, name: str, time_s: FloatArray) -> FloatArray:
        """One channel at given increasing times, shape (n,)."""
        return self._channels[name].play(time_s)


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Sine waves that make a slow unsteadiness with a trace of tremor, each of shape (k,)."""

    amplitude: FloatArray
    frequency_hz: FloatArray
    phase_rad: FloatArray

    def at(self, time_s: FloatArray) -> FloatArray:
        """Each wave at given times, shape (k, n)."""
        angle_rad = 2.0 * np.pi * self.frequency_hz[:, None] * time_s + self.phase_rad[:, None]
        waves: FloatArray = self.amplitude[:, None] * np.sin(angle_rad)
        return waves


def draw_waves(sd: float, rng: np.random.Generator) -> Waves:
    """Draw the waves of one channel.

    Ten slow waves (0.1 to 0.8 Hz) carry the standard deviation `sd`; three fast ones (6 to 9 Hz)
    a thirtieth of it, which is about 0.1 m/s² at the ankle for 0.2°.
    """
    drawn = []
    for count, low_hz, high_hz, amount in ((10, 0.1, 0.8, sd), (3, 6.0, 9.0, sd / 30.0)):
        frequency_hz = rng.uniform(low_hz, high_hz, count)
        phase_rad = rng.uniform(0.0, 2.0 * np.pi, count)
        drawn.append((np.full(count, amount * np.sqrt(2.0 / count)), frequency_hz, phase_rad))
    return Waves(*(np.concatenate(part) for part in zip(*drawn, strict=True)))


def wander(time_s: FloatArray, sd: float, rng: np.random.Generator) -> FloatArray:
    """Slow unsteadiness with a trace of physiological tremor, shape (n,); see `draw_waves`."""
    total = np.zeros(len(time_s))
    if sd == 0.0:
        return total
    waves = draw_waves(sd, rng)
    for amplitude, frequency_hz, phase_rad in zip(
        waves.amplitude, waves.frequency_hz, waves.phase_rad, strict=True
    ):
        total += amplitude * np.sin(2.0 * np.pi * frequency_hz * time_s + phase_rad)
    return total

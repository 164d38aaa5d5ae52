"""A body that is written while it moves, and the sensors on it, computed a little ahead."""

from typing import Final, TypeVar

import numpy as np

from imu_hip.kinematics.quaternion import FloatArray, multiply, normalise
from imu_hip.names import Segment, Side
from imu_hip.simulation.choreography import draw_waves
from imu_hip.simulation.felt import Felt
from imu_hip.simulation.live_acting import Actor
from imu_hip.simulation.measuring import placed, random_heading
from imu_hip.simulation.motion import UPRIGHT_Q_EARTH_PELVIS, BodyMotion, LegAngles
from imu_hip.simulation.sensor_errors import SensorErrors
from imu_hip.simulation.static_postures import LEG_CHANNELS
from imu_hip.simulation.static_sessions import pelvis_turn, unsteadiness
from imu_hip.simulation.virtual_sensor import sensor_motion

T = TypeVar("T")

RATE_HZ: Final = 240.0
CHUNK_ROWS: Final = 60
"""A quarter of a second; longer ones cost less each second, but reach further ahead."""

_KEPT_CHUNKS: Final = 16
_AHEAD_ROWS: Final = 2
"""Up to the next chunk's first row, and one more for its differences."""


class LiveBody:
    """The body of a person whose score is written while it is played.

    Parameters
    ----------
    actor
        Who writes its score; what has been computed must not be changed any more.
    tremor_deg, seed
        Its unsteadiness.
    """

    def __init__(self, actor: Actor, tremor_deg: float, seed: int) -> None:
        self.computed_s = 0.0
        self._actor = actor
        self._chunks: dict[int, BodyMotion] = {}
        rng = np.random.default_rng((seed, 1000))
        sds = {f"{side}_{name}": unsteadiness(name) for side in Side for name in LEG_CHANNELS}
        sds["pitch"] = 0.5
        self._unsteady = [name for name, part in sds.items() if part and tremor_deg]
        self._waves = [draw_waves(tremor_deg * sds[name], rng) for name in self._unsteady]

    def chunk(self, number: int) -> BodyMotion:
        """One chunk with a row before it and those after it that its sensors need."""
        if number not in self._chunks:
            first = number * CHUNK_ROWS - 1
            self._chunks[number] = self.motion(first, first + CHUNK_ROWS + 1 + _AHEAD_ROWS)
            _forget_oldest(self._chunks)
        return self._chunks[number]

    def motion(self, first_row: int, end_row: int) -> BodyMotion:
        """The body at rows `[first_row, end_row)` of its rate, which are final from now on."""
        time_s: FloatArray = np.arange(first_row, end_row) / RATE_HZ
        last_s = float(time_s[-1])
        self.computed_s = max(self.computed_s, last_s)
        self._actor.extend(last_s)
        score = self._actor.score
        values = {name: score.play(name, time_s) for name in score.posture()}
        for name, waves in zip(self._unsteady, self._waves, strict=True):
            values[name] += waves.at(time_s).sum(axis=0)
        legs = {
            side: LegAngles(**{f"{name}_deg": values[f"{side}_{name}"] for name in LEG_CHANNELS})
            for side in Side
        }
        turned = pelvis_turn(values["pitch"], values["roll"])
        return BodyMotion(
            time_s,
            RATE_HZ,
            multiply(np.array(UPRIGHT_Q_EARTH_PELVIS), turned),
            np.outer(values["height"], np.array([0.0, 0.0, 1.0])),
            legs,
        )


class LiveSensor:
    """What a sensor on a live body feels; its draws do not depend on when it is asked.

    Losses and drifting clocks of `errors` are left to whoever sends the samples.
    """

    def __init__(self, body: LiveBody, segment: Segment, errors: SensorErrors, seed: int) -> None:
        self._body = body
        self._errors = errors
        self._seed = (seed, list(Segment).index(segment))
        self._chunks: dict[int, FloatArray] = {}
        rng = np.random.default_rng(self._seed)
        self._placement = placed(segment, errors, rng)
        self._gyr_bias_dps = errors.gyr_bias_dps * normalise(rng.normal(size=3))
        self._acc_offset_mps2 = errors.acc_offset_mps2 * normalise(rng.normal(size=3))
        self._q_reported_earth = random_heading(errors, rng)

    def at(self, time_s: FloatArray) -> Felt:
        """What is felt at times since the beginning, shape (n,); held before it."""
        place = np.maximum(time_s, 0.0) * RATE_HZ
        row = place.astype(np.intp)
        part = (place - row)[:, None]
        numbers = row // CHUNK_ROWS
        mixed = np.empty((len(row), 10))
        for number in sorted(set(numbers.tolist())):
            inside = numbers == number
            rows, index = self._chunk(number), row[inside] - number * CHUNK_ROWS
            mixed[inside] = (1.0 - part[inside]) * rows[index] + part[inside] * rows[index + 1]
        return Felt(normalise(mixed[:, :4]), mixed[:, 4:7], mixed[:, 7:])

    def _chunk(self, number: int) -> FloatArray:
        """Orientation, acceleration and rate of a chunk and the next one's first row."""
        if number not in self._chunks:
            ideal = sensor_motion(self._body.chunk(number), self._placement)
            rows = slice(1, CHUNK_ROWS + 2)
            noise = np.concatenate((self._noise(number), self._noise(number + 1)[:1]))
            acc = ideal.acc_mps2[rows] + self._acc_offset_mps2
            gyr = ideal.gyr_dps[rows] + self._gyr_bias_dps
            self._chunks[number] = np.column_stack(
                (
                    multiply(self._q_reported_earth, ideal.q_earth_sensor[rows]),
                    acc + self._errors.acc_noise_mps2 * noise[:, :3],
                    gyr + self._errors.gyr_noise_dps * noise[:, 3:],
                )
            )
            _forget_oldest(self._chunks)
        return self._chunks[number]

    def _noise(self, number: int) -> FloatArray:
        rng = np.random.default_rng((*self._seed, number))
        return rng.normal(size=(CHUNK_ROWS, 6))


def _forget_oldest(chunks: dict[int, T]) -> None:
    """Drop the chunk that was computed first where there are more than are kept."""
    if len(chunks) > _KEPT_CHUNKS:
        del chunks[next(iter(chunks))]

"""Strides while they are run: each one is told soon after it has ended."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.chain_windows import centred_windows
from imu_hip.kinematics.heading import horizontal
from imu_hip.kinematics.live_orientation import ImuBlock
from imu_hip.kinematics.pipeline import (
    ChainParameters,
    LegAngles,
    rotation_against_mean_heading,
)
from imu_hip.kinematics.quaternion import FloatArray, IntArray
from imu_hip.measures.gait_events import (
    LONGEST_STRIDE_S,
    SHORTEST_STRIDE_S,
    GaitEvents,
    find_gait_events,
)
from imu_hip.measures.gait_shape import moves_like_gait, stride_angles_deg
from imu_hip.measures.strides import Strides, find_strides, normalised_curves
from imu_hip.names import SHIN, THIGH, Segment, Side

SEEN_S = 4.0 * LONGEST_STRIDE_S
"""What is looked at again each time: four of the longest strides, a dozen of a runner."""

EXAMINED_EVERY_S = 0.125
"""An eighth of a second more is not noticed by a person who waits for a stride to end."""

SETTLED_S = SHORTEST_STRIDE_S
"""A foot strike stands once no swing that follows can be of the same stride."""


@dataclass(frozen=True, slots=True, eq=False)
class LiveStride:
    """One finished stride of one leg.

    Parameters
    ----------
    strike, toe_off, end
        Fractional sample positions, counted from the first sample of the stream; `toe_off` is NaN
        where it was not found.
    reason
        Empty where the stride counts, else why it does not.
    stride_time_s
        From foot strike to foot strike.
    curve_deg
        Femoral rotation at 0 to 100 % of the stride with its own mean removed, shape (101,).
    """

    side: Side
    strike: float
    toe_off: float
    end: float
    reason: str
    stride_time_s: float
    curve_deg: FloatArray

    @property
    def excursion_deg(self) -> float:
        """Range of rotation over the stride."""
        return float(np.ptp(self.curve_deg))

    @property
    def stance_fraction(self) -> float:
        """Part of the stride from foot strike to toe-off; NaN where that was not found."""
        return (self.toe_off - self.strike) / (self.end - self.strike)


class LiveGait:
    """Finds the strides of a stream whose angles come from an `AngleChain`.

    The last few seconds are examined again and again with the rules of a whole recording: windows
    look to both sides, as far as there are samples yet, so that rotation has no delay and a turn
    of the path is followed at once. When this is done depends on the count of samples alone, so
    how the stream is split into blocks changes no stride. Looking for strides and measuring them,
    on the left and on the right, take turns, so that no block waits for all of it. Where the leg
    moves as in neither walking nor running, such as on a bicycle, there are no strides.

    Parameters
    ----------
    calibration, parameters
        Those of the chain.
    """

    def __init__(
        self, calibration: Mapping[Side, LegCalibration], parameters: ChainParameters
    ) -> None:
        every = max(round(EXAMINED_EVERY_S * parameters.sampling_rate_hz), len(Side))
        self._calibration = calibration
        self._legs = {
            side: _LiveLeg(side, parameters, every, every * turn // len(Side))
            for turn, side in enumerate(calibration)
        }

    def feed(
        self, blocks: Mapping[Segment, ImuBlock], angles: Mapping[Side, LegAngles]
    ) -> tuple[LiveStride, ...]:
        """Strides that the next samples finish, mostly none, oldest first.

        Parameters
        ----------
        blocks, angles
            What went into the chain and what it made of that.
        """
        finished: list[LiveStride] = []
        for side, leg in self._calibration.items():
            shin_dps = blocks[SHIN[side]].gyr_dps @ leg.shin.z
            thigh_dps = blocks[THIGH[side]].gyr_dps @ leg.thigh.z
            rows = (shin_dps, thigh_dps, *angles[side].y_femur.T, *angles[side].z_femur.T)
            finished += self._legs[side].feed(np.stack(rows))
        return tuple(sorted(finished, key=lambda stride: stride.end))


class _LiveLeg:
    """One leg: looks for finished strides, and measures them a few samples later."""

    def __init__(self, side: Side, parameters: ChainParameters, every: int, turn: int) -> None:
        self._side = side
        self._rate_hz = parameters.sampling_rate_hz
        self._windows = centred_windows(parameters.samples)
        self._every = every
        self._look_at, self._measure_at = turn, (turn + every // 4) % every
        self._seen = round(SEEN_S * self._rate_hz)
        # Swing of shin and thigh, then the axes y and z of the femur.
        self._last = _LastSamples(rows=8, samples=self._seen + every)
        self._until = 0.0
        self._found: _Found | None = None

    def feed(self, block: FloatArray) -> list[LiveStride]:
        finished: list[LiveStride] = []
        while block.shape[1]:
            count = self._last.count
            wait = min((at - count - 1) % self._every for at in (self._look_at, self._measure_at))
            self._last.keep(block[:, : wait + 1])
            block = block[:, wait + 1 :]
            if self._last.count % self._every == self._look_at:
                self._found = self._look()
            elif self._last.count % self._every == self._measure_at and self._found is not None:
                finished += self._measure(self._found)
                self._found = None
        return finished

    def _look(self) -> "_Found | None":
        first = max(self._last.count - self._seen, 0)
        shin_dps, thigh_dps = self._last.since(first)[:2]
        events = find_gait_events(shin_dps, thigh_dps, self._rate_hz)
        # A strike that is seen again may lie a fraction of a sample from where it lay before.
        again = self._until - first + 0.5 * SHORTEST_STRIDE_S * self._rate_hz
        final = len(shin_dps) - SETTLED_S * self._rate_hz
        end = events.foot_strike[1:]
        new = np.flatnonzero((end > again) & (end <= final))
        if not len(new):
            return None
        self._until = float(end[new[-1]] + first)
        return _Found(first, events, new)

    def _measure(self, found: "_Found") -> list[LiveStride]:
        rows = self._last.since(found.first)
        if not self._walks_or_runs(rows[0], rows[1], found.events.foot_strike):
            return []
        y_femur, z_femur = rows[2:5].T, rows[5:].T
        rotation_deg, _ = rotation_against_mean_heading(y_femur, z_femur, self._side, self._windows)
        strides = find_strides(found.events, rotation_deg, horizontal(z_femur), self._rate_hz)
        curves_deg = normalised_curves(
            rotation_deg, strides.strike[found.new], strides.end[found.new]
        )
        return [
            self._stride(strides, index, found.first, curve_deg)
            for index, curve_deg in zip(found.new.tolist(), curves_deg, strict=True)
        ]

    def _walks_or_runs(
        self, shin_dps: FloatArray, thigh_dps: FloatArray, foot_strike: FloatArray
    ) -> bool:
        knee_deg, thigh_deg = (
            stride_angles_deg(rate_dps, foot_strike[:-1], foot_strike[1:], self._rate_hz)
            for rate_dps in (thigh_dps - shin_dps, thigh_dps)
        )
        return moves_like_gait(knee_deg, thigh_deg)

    def _stride(
        self, strides: Strides, index: int, first: int, curve_deg: FloatArray
    ) -> LiveStride:
        strike, toe_off, end = (
            float(position[index]) for position in (strides.strike, strides.toe_off, strides.end)
        )
        return LiveStride(
            side=self._side,
            strike=strike + first,
            toe_off=toe_off + first,
            end=end + first,
            reason=strides.reason[index],
            stride_time_s=(end - strike) / self._rate_hz,
            curve_deg=curve_deg,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """Events counted from sample `first`, and which strides between them are new."""

    first: int
    events: GaitEvents
    new: IntArray


class _LastSamples:
    """The newest samples of some rows, side by side in memory."""

    def __init__(self, rows: int, samples: int) -> None:
        self._samples = samples
        self._rows = np.empty((rows, 2 * samples))
        self._kept = 0
        self.count = 0

    def keep(self, block: FloatArray) -> None:
        """Add a block, shape (rows, n), shorter than what is kept."""
        n = block.shape[1]
        if self._kept + n > self._rows.shape[1]:
            newest = self._rows[:, self._kept - self._samples : self._kept]
            self._rows[:, : self._samples] = newest
            self._kept = self._samples
        self._rows[:, self._kept : self._kept + n] = block
        self._kept += n
        self.count += n

    def since(self, first: int) -> FloatArray:
        """The rows from a sample on, counted from the first of the stream."""
        return self._rows[:, self._kept - (self.count - first) : self._kept]

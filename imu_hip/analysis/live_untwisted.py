"""The repetitions of a live test, measured again about the hinge that all of them show."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imu_hip.analysis.untwisted import level_angles_deg, while_moving
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.live_orientation import OrientedBlock
from imu_hip.kinematics.pipeline import LegAngles
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.twist import Twist, twist_in_rotations
from imu_hip.measures.live_repetitions import leg_in_test
from imu_hip.measures.repetitions import Excursion, Repetition, RepetitionParameters, TestedLeg
from imu_hip.measures.rotation_test import rotation_repetition
from imu_hip.names import Direction, Side, Task

TOO_SMALL = "the movement was less than half as large as the others"


class TestMemory:
    """What one leg did in one test, kept so that its repetitions can be measured again.

    The twist of the tibia since the calibration shows only in several rotations, so peaks that
    were told at once are corrected at the end of a leg's test, as they are in a recording.

    Parameters
    ----------
    task, side, calibration
        The test and the leg.
    gates, sampling_rate_hz
        Those with which its repetitions were found.
    """

    __test__ = False

    def __init__(
        self,
        task: Task,
        side: Side,
        calibration: LegCalibration,
        gates: RepetitionParameters,
        sampling_rate_hz: float,
    ) -> None:
        self._task, self._side = task, side
        self._calibration = calibration
        self._gates = gates
        self._rate_hz = sampling_rate_hz
        self._legs: list[TestedLeg] = []
        self._q: list[tuple[FloatArray, FloatArray]] = []
        self._gyr_dps: list[FloatArray] = []

    def feed(
        self, time_s: FloatArray, thigh: OrientedBlock, shin: OrientedBlock, angles: LegAngles
    ) -> TestedLeg:
        """Keep the next samples; returns them as the test sees them."""
        leg = leg_in_test(time_s, angles, self._rate_hz)
        if len(time_s):
            self._legs.append(leg)
            self._q.append((thigh.q_earth_sensor, shin.q_earth_sensor))
            self._gyr_dps.append(shin.gyr_dps)
        return leg

    def corrected(self, repetitions: Sequence[Repetition]) -> tuple[Repetition, ...]:
        """The same repetitions with corrected peaks, judged again.

        Parameters
        ----------
        repetitions
            All that were found so far, also those that do not count: each shows the hinge.
        """
        if self._task is Task.CROSS_LEGGED or not repetitions or not self._legs:
            return tuple(repetitions)
        leg, gyr_dps = self._whole(), np.concatenate(self._gyr_dps)
        places = [_place(leg.time_s, repetition) for repetition in repetitions]
        twist = twist_in_rotations(
            [while_moving(gyr_dps[one.start : one.end]) for one in places], self._calibration.shin
        )
        leg = self._about(twist, leg)
        measured = [
            self._again(leg, place, repetition)
            for place, repetition in zip(places, repetitions, strict=True)
        ]
        return self._without_fidgeting(measured)

    def _whole(self) -> TestedLeg:
        rows = {
            name: np.concatenate([getattr(leg, name) for leg in self._legs])
            for name in TestedLeg.__slots__
            if name != "sampling_rate_hz"
        }
        return TestedLeg(**rows, sampling_rate_hz=self._rate_hz)

    def _about(self, twist: Twist, leg: TestedLeg) -> TestedLeg:
        if not twist.angle_deg:
            return leg
        q_thigh, q_shin = (np.concatenate(parts) for parts in zip(*self._q, strict=True))
        untwisted = replace(self._calibration, shin=twist.shin)
        rotation_deg, knee_deg = level_angles_deg(
            q_thigh, q_shin, untwisted, self._side, self._task
        )
        level = np.isfinite(leg.rotation_deg)
        return replace(
            leg,
            rotation_deg=np.where(level, rotation_deg, np.nan),
            knee_flexion_deg=np.where(level, knee_deg, leg.knee_flexion_deg),
        )

    def _again(self, leg: TestedLeg, place: Excursion, was: Repetition) -> Repetition:
        if was.direction is None or not place.end:
            return was
        again = rotation_repetition(leg, place, was.direction, self._gates)
        return again if math.isfinite(again.peak_deg) else was

    def _without_fidgeting(self, repetitions: list[Repetition]) -> tuple[Repetition, ...]:
        """Small movements do not count beside large ones, as in a recording."""
        usual_deg = {
            direction: max(
                (r.peak_deg for r in repetitions if r.valid and r.direction is direction),
                default=0.0,
            )
            for direction in Direction
        }
        return tuple(
            replace(r, reason=TOO_SMALL)
            if r.valid
            and r.direction is not None
            and r.peak_deg < self._gates.outer_part * usual_deg[r.direction]
            else r
            for r in repetitions
        )


def _place(time_s: FloatArray, repetition: Repetition) -> Excursion:
    """The samples of a repetition; it and its plateau are half-open intervals."""
    start, end, plateau_start, plateau_end = (
        int(np.searchsorted(time_s, at_s - 1e-6))
        for at_s in (
            repetition.start_s,
            repetition.end_s,
            repetition.plateau_start_s,
            repetition.plateau_end_s,
        )
    )
    return Excursion(start, end, plateau_start, plateau_end)

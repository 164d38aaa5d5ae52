"""The repetitions of a live test, measured again about the hinge that all of them show."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from imu_hip.analysis.leg_rows import LegRows
from imu_hip.analysis.untwisted import level_angles_deg, while_moving
from imu_hip.kinematics.calibration import LegCalibration
from imu_hip.kinematics.gravity import elevation_deg, up_in_segment
from imu_hip.kinematics.live_orientation import OrientedBlock
from imu_hip.kinematics.pipeline import LegAngles
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.kinematics.twist import twist_in_rotations
from imu_hip.measures.cross_legged import crossed_repetition
from imu_hip.measures.live_repetitions import leg_in_test
from imu_hip.measures.repetitions import Excursion, Repetition, RepetitionParameters, TestedLeg
from imu_hip.measures.rotation_test import rotation_repetition
from imu_hip.names import SHIN, THIGH, Direction, Side, Task
from imu_hip.recording.timeline import Timeline

TOO_SMALL = "the movement was less than half as large as the others"


class TestMemory:
    """What one leg did in one test, kept so that its repetitions can be measured again.

    The twist of the tibia since the calibration shows only in several rotations, and looking both
    ways orients a sensor better than looking back. So peaks that were told at once are corrected
    at the end of a leg's test, to what they are in a recording.

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
        self._rows = LegRows(side, sampling_rate_hz)

    def feed(
        self, time_s: FloatArray, thigh: OrientedBlock, shin: OrientedBlock, angles: LegAngles
    ) -> TestedLeg:
        """Keep the next samples; returns them as the test sees them."""
        if len(time_s):
            self._rows.add(time_s, (thigh, shin))
        return leg_in_test(time_s, angles, self._rate_hz)

    def corrected(self, repetitions: Sequence[Repetition]) -> tuple[Repetition, ...]:
        """The same repetitions with corrected peaks, judged again.

        Parameters
        ----------
        repetitions
            All that were found so far, also those that do not count: each shows the hinge.
        """
        if not repetitions or self._rows.empty:
            return tuple(repetitions)
        timeline = self._rows.timeline()
        places = [_place(timeline.time_s, repetition) for repetition in repetitions]
        leg = self._tested(timeline, self._about_own_hinge(timeline, places))
        measured = [
            self._again(leg, place, repetition)
            for place, repetition in zip(places, repetitions, strict=True)
        ]
        return self._without_fidgeting(measured)

    def _about_own_hinge(self, timeline: Timeline, places: Sequence[Excursion]) -> LegCalibration:
        if self._task is Task.CROSS_LEGGED:
            return self._calibration
        gyr_dps = timeline.gyr_dps[SHIN[self._side]]
        rotations = [while_moving(gyr_dps[one.start : one.end]) for one in places]
        twist = twist_in_rotations(rotations, self._calibration.shin)
        return replace(self._calibration, shin=twist.shin)

    def _tested(self, timeline: Timeline, about: LegCalibration) -> TestedLeg:
        q_thigh, q_shin = (timeline.q_earth_sensor[s[self._side]] for s in (THIGH, SHIN))
        rotation_deg, knee_deg = level_angles_deg(q_thigh, q_shin, about, self._side, self._task)
        return TestedLeg(
            time_s=timeline.time_s,
            rotation_deg=rotation_deg,
            thigh_elevation_deg=elevation_deg(up_in_segment(q_thigh, about.thigh)),
            shin_slope_deg=-elevation_deg(up_in_segment(q_shin, about.shin)),
            knee_flexion_deg=knee_deg,
            sampling_rate_hz=timeline.sampling_rate_hz,
        )

    def _again(self, leg: TestedLeg, place: Excursion, was: Repetition) -> Repetition:
        if place.plateau_end <= place.plateau_start:
            return was
        if was.direction is None:
            again = crossed_repetition(leg, place, self._gates)
        else:
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

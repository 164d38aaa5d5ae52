"""The calibrating poses and movements while they are done: how far, and what keeps them back."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from imu_hip.analysis.leg_in_poses import LegInPoses
from imu_hip.kinematics.live_orientation import OrientedBlock
from imu_hip.kinematics.quaternion import FloatArray
from imu_hip.names import Doing, Side


@dataclass(frozen=True, slots=True)
class PoseSeen:
    """How much of a pose or of knee extensions is done, 0 to 1, and what keeps it back.

    `problem` is a sentence without its full stop, empty where nothing is wrong.
    """

    doing: Doing
    side: Side | None
    fraction: float
    problem: str = ""

    @property
    def done(self) -> bool:
        """Whether it has been taken."""
        return self.fraction >= 1.0


@dataclass(frozen=True, slots=True)
class TakenPose:
    """When a pose or movement was done, `[start_s, end_s)` on the clock of the samples."""

    doing: Doing
    side: Side
    start_s: float
    end_s: float


class PoseWatch:
    """Watches standing, sitting and straightening each knee, before anything is calibrated.

    It works for any mounting. What is done again replaces what was done before.

    Parameters
    ----------
    sides
        The legs that are worn.
    sampling_rate_hz
        Rate of their grids.
    """

    def __init__(self, sides: Collection[Side], sampling_rate_hz: float) -> None:
        self.legs = {side: LegInPoses(side, sampling_rate_hz) for side in sides}
        self._doing: Doing | None = None
        self._side: Side | None = None
        self._taken: dict[tuple[Doing, Side], TakenPose] = {}
        self._done = False

    @property
    def taken(self) -> Mapping[tuple[Doing, Side], TakenPose]:
        """What has been done, each with the leg whose calibration it serves."""
        return self._taken

    def begin(self, doing: Doing, side: Side | None = None) -> None:
        """Watch for STAND, SIT or STRAIGHTEN_KNEE from now on; the latter needs its side."""
        if doing not in {Doing.STAND, Doing.SIT, Doing.STRAIGHTEN_KNEE}:
            raise ValueError(f"{doing} calibrates nothing")
        if doing is Doing.STRAIGHTEN_KNEE and side not in self.legs:
            raise ValueError(f"the {side} leg is not worn")
        self._doing, self._side, self._done = doing, side, False
        for one in self._concerned():
            self._taken.pop((doing, one), None)
        for leg in self.legs.values():
            leg.begin()

    def feed(
        self, side: Side, time_s: FloatArray, thigh: OrientedBlock, shin: OrientedBlock
    ) -> None:
        """Take the next samples of one leg, on its grid."""
        self.legs[side].feed(time_s, thigh, shin)
        if self._doing is not None and not self._done:
            self._take_if_done()

    def seen(self) -> PoseSeen:
        """How far the pose or movement is.

        Raises
        ------
        ValueError
            Before one has begun.
        """
        if self._doing is None:
            raise ValueError("nothing is watched yet")
        if self._done:
            return PoseSeen(self._doing, self._side, 1.0)
        fractions = [self._fraction(side) for side in self._concerned()]
        fraction = min(min(fractions, default=0.0), 0.99)
        return PoseSeen(self._doing, self._side, fraction, self._problem())

    def _concerned(self) -> tuple[Side, ...]:
        if self._doing is Doing.STRAIGHTEN_KNEE and self._side is not None:
            return (self._side,)
        return tuple(self.legs)

    def _fraction(self, side: Side) -> float:
        leg = self.legs[side]
        if self._doing is Doing.STRAIGHTEN_KNEE:
            return leg.extended_fraction
        if self._doing is Doing.SIT and leg.sitting_problem():
            return 0.0
        return leg.still_fraction

    def take_now(self) -> None:
        """Take the pose or movement as it is, because the person says so.

        Whether it is good enough is told when the legs are calibrated.
        """
        if self._doing is None or self._done:
            return
        self._done = True
        for side in self._concerned():
            leg = self.legs[side]
            if leg.begun_s is None:
                continue
            span_s = leg.pose_until_now()
            if self._doing is Doing.STRAIGHTEN_KNEE:
                span_s = (leg.begun_s, leg.now_s)
            self._taken[(self._doing, side)] = TakenPose(self._doing, side, *span_s)
            if self._doing is Doing.STAND:
                leg.stood(*span_s)

    def _take_if_done(self) -> None:
        sides = self._concerned()
        if sides and all(self._fraction(side) >= 1.0 for side in sides):
            self.take_now()

    def _problem(self) -> str:
        for side in self._concerned():
            leg = self.legs[side]
            silent = leg.still.silent()
            if silent is not None:
                return f"The {silent.words} sensor sends nothing"
            problem = (
                self._knee_problem(leg)
                if self._doing is Doing.STRAIGHTEN_KNEE
                else self._pose_problem(leg)
            )
            if problem:
                return problem
        return ""

    def _pose_problem(self, leg: LegInPoses) -> str:
        moving = leg.still.moving()
        if moving is not None:
            return f"Keep still: the {moving.words} moves"
        return leg.sitting_problem() if self._doing is Doing.SIT else ""

    def _knee_problem(self, leg: LegInPoses) -> str:
        side = leg.side
        other = self.legs.get(side.other)
        started = leg.knee.count > 0 or leg.knee.out
        wrong_leg = other is not None and other.knee.count > 0 and not started
        exchanged = f"straighten the {side} knee only. If you did, the sensors of"
        problems = (
            (leg.axes is None, "Stand still first"),
            (wrong_leg, f"The {side.other} shin moved: {exchanged} left and right are exchanged"),
            (
                leg.thigh_moves_instead,
                f"The {side} thigh moved: {exchanged} thigh and shin are exchanged",
            ),
            (
                leg.thigh_moves_along,
                f"Keep the {side} thigh on the seat while the knee straightens",
            ),
            (leg.knee.too_small, f"Straighten the {side} knee further"),
            (
                leg.knee.count > 0 and leg.too_slow,
                f"Straighten the {side} knee a little faster",
            ),
        )
        return next((words for is_so, words in problems if is_so), "")

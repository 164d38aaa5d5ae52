"""The calibration of a session: poses watched, marked, and turned into axes."""

import math
from collections.abc import Collection, Iterator

from imu_hip.analysis.live_calibration import LABEL, calibrate
from imu_hip.analysis.pose_watch import PoseWatch, TakenPose
from imu_hip.errors import CalibrationError
from imu_hip.guidance.events import Calibrated, Event, PoseProgress
from imu_hip.guidance.watching import Watching, WatchKind
from imu_hip.live.leg_stream import LegNews, LegStream
from imu_hip.names import Side
from imu_hip.recording.recording import Marker

PROGRESS_S = 0.05


class Calibrating:
    """Watches the calibrating poses of all legs and calibrates the stream of their angles.

    Parameters
    ----------
    origin_s
        When the recording began, on the clock of the samples.
    """

    def __init__(self, sides: Collection[Side], stream: LegStream, origin_s: float) -> None:
        self._sides = tuple(sides)
        self._stream = stream
        self._origin_s = origin_s
        self._watch = PoseWatch(sides, stream.sampling_rate_hz)
        self._watched: Watching | None = None
        self._progress_due_s = -math.inf
        self._marked: set[TakenPose] = set()

    def feed(self, side: Side, news: LegNews, watching: Watching) -> Iterator[Event]:
        """What the newest samples of one leg show of what is watched now."""
        if watching != self._watched:
            self._watched = watching
            if watching.kind is WatchKind.POSE and watching.doing is not None:
                self._watch.begin(watching.doing, watching.side)
            elif watching.kind is WatchKind.CALIBRATION:
                yield from self._calibrated()
        if not len(news.time_s):
            return
        self._watch.feed(side, news.time_s, news.thigh, news.shin)
        if watching.kind is WatchKind.POSE:
            yield from self._progress(float(news.time_s[-1]))

    def take_now(self) -> None:
        """Take the pose as it is; how good it is shows when the legs are calibrated."""
        self._watch.take_now()

    def new_markers(self) -> Iterator[Marker]:
        """What was taken since the last call, for the recording."""
        for taken in self._watch.taken.values():
            if taken not in self._marked:
                self._marked.add(taken)
                yield Marker(
                    LABEL[taken.doing],
                    taken.start_s - self._origin_s,
                    taken.end_s - self._origin_s,
                    taken.side,
                )

    def _progress(self, now_s: float) -> Iterator[Event]:
        seen = self._watch.seen()
        if seen.done or now_s >= self._progress_due_s:
            self._progress_due_s = now_s + PROGRESS_S
            problem = f"{seen.problem}." if seen.problem else ""
            yield PoseProgress(seen.doing, seen.side, seen.fraction, problem)

    def _calibrated(self) -> Iterator[Event]:
        try:
            found = calibrate(self._watch)
        except CalibrationError as error:
            for side in self._sides:
                yield Calibrated(side, math.inf, str(error))
            return
        self._stream.calibrate({side: one.leg for side, one in found.items()})
        for side, one in found.items():
            yield Calibrated(side, one.leg.uncertainty_deg, one.advice)

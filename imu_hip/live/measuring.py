"""What each captured sample means for a session: angles, frames, events, markers."""

from collections.abc import Callable, Collection, Iterable, Sequence
from time import perf_counter, time
from typing import Final

from imu_hip.bluetooth.capture import Captured
from imu_hip.guidance.events import Event, RepetitionEnded
from imu_hip.guidance.view import Stage
from imu_hip.guidance.watching import Watching, WatchKind
from imu_hip.live.calibrating import Calibrating
from imu_hip.live.guide import Guide
from imu_hip.live.leg_stream import LegNews, LegStream
from imu_hip.live.marker_log import MarkerLog, part_of
from imu_hip.live.messages import LegFrame, LiveFrame
from imu_hip.live.movement_watch import MovementWatch, same_movement, stretch_angle
from imu_hip.live.presence import Presence
from imu_hip.names import Segment, Side
from imu_hip.recording.recording import Marker

FRAME_S: Final = 1.0 / 60.0
"""No display shows more frames than this."""

_MOVING: Final = frozenset({WatchKind.POSITION, WatchKind.REPETITION})


class Measuring:
    """Hears everything that goes into a recording and tells the session what it shows.

    Parameters
    ----------
    segments, sampling_rate_hz
        The sensors that stream, and the rate of their common grid.
    sides
        The legs that are tested.
    on_frame
        Told the newest angles, at most 60 times a second.
    on_markers
        Told the recording's markers whenever they change.
    """

    def __init__(
        self,
        guide: Guide,
        segments: Sequence[Segment],
        sampling_rate_hz: float,
        sides: Collection[Side],
        *,
        on_frame: Callable[[LiveFrame], None],
        on_markers: Callable[[tuple[Marker, ...]], None],
    ) -> None:
        self._guide = guide
        self._stream = LegStream(segments, sampling_rate_hz)
        self._sides = sides
        self._on_frame = on_frame
        self._on_markers = on_markers
        self._markers = MarkerLog()
        self._origin_s: float | None = None
        self._presence = Presence(segments, perf_counter())
        self._calibrating: Calibrating | None = None
        self._calibrations = 0
        self._movement: MovementWatch | None = None
        self._began_s = perf_counter()
        self._legs: dict[Side, LegFrame] = {}
        self._sampled_s = 0.0
        self._has_news = False
        self._frame_due_s = 0.0

    def hear(self, captured: Captured) -> None:
        """Take what was captured into account, at once."""
        now_s = perf_counter()
        if self._origin_s is None:
            self._origin_s = _first_s(captured)
        for change in self._presence.update(captured, now_s):
            self._guide.tell(change)
        for side, news in self._stream.feed(captured).items():
            if not len(news.time_s):
                continue
            self._legs[side] = news.frame()
            self._sampled_s = max(self._sampled_s, float(news.time_s[-1]))
            self._has_news = True
            self._watch(side, news)
        self._show(now_s)
        self._mark(now_s)

    def keep_now(self) -> RepetitionEnded | None:
        """Take the pose or the plateau as it is now, because the person says so.

        Returns
        -------
        The repetition whose plateau is now; None at rest, and for a pose.
        """
        if self._guide.watching.kind is WatchKind.POSE:
            if self._calibrating is not None:
                self._calibrating.take_now()
            return None
        return None if self._movement is None else self._movement.keep_now()

    def markers(self) -> tuple[Marker, ...]:
        """The markers so far."""
        return self._markers.until(self._recorded_s(perf_counter()))

    def _watch(self, side: Side, news: LegNews) -> None:
        watching = self._guide.watching
        if self._guide.view.stage is Stage.CALIBRATE and side in self._sides:
            self._tell(self._calibration(watching).feed(side, news, watching))
        elif watching.side is side and watching.kind in _MOVING and news.angles is not None:
            self._tell(self._moving(watching, side).feed(news))
        elif watching.side is side and watching.kind is WatchKind.STRETCH:
            reached = stretch_angle(side, news)
            self._tell([] if reached is None else [reached])

    def _calibration(self, watching: Watching) -> Calibrating:
        begins = watching.kind is WatchKind.POSE and watching.attempt != self._calibrations
        if self._calibrating is None or begins:
            self._calibrations = watching.attempt
            self._calibrating = Calibrating(self._sides, self._stream, self._origin_s or 0.0)
        return self._calibrating

    def _moving(self, watching: Watching, side: Side) -> MovementWatch:
        running = self._movement
        if running is None or running.watched != same_movement(watching):
            running = self._movement = MovementWatch(
                watching,
                self._stream.calibration[side],
                self._stream.sampling_rate_hz,
                self._origin_s or 0.0,
            )
        return running

    def _tell(self, events: Iterable[Event]) -> None:
        for event in events:
            self._guide.tell(event)

    def _show(self, now_s: float) -> None:
        if not self._has_news or now_s < self._frame_due_s:
            return
        self._has_news = False
        self._frame_due_s = max(self._frame_due_s + FRAME_S, now_s)
        sampled_unix_s = time() - (perf_counter() - self._sampled_s)
        self._on_frame(LiveFrame(now_s - self._began_s, sampled_unix_s, dict(self._legs)))

    def _mark(self, now_s: float) -> None:
        changed = self._markers.follow(part_of(self._guide.view), self._recorded_s(now_s))
        if self._calibrating is not None:
            for marker in self._calibrating.new_markers():
                self._markers.calibrated(marker)
                changed = True
        if changed:
            self._on_markers(self.markers())

    def _recorded_s(self, now_s: float) -> float:
        return now_s - (now_s if self._origin_s is None else self._origin_s)


def _first_s(captured: Captured) -> float | None:
    times = [samples[0].host_s for samples in captured.samples.values() if samples]
    return min(times) if times else None

"""The part of a session in which sensors stream: recorded, measured, and kept."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from imu_hip.bluetooth.capture import Capture, Captured, Placed
from imu_hip.bluetooth.journal_entries import journal_header
from imu_hip.bluetooth.recorder import RecordingView, record
from imu_hip.errors import ImuHipError
from imu_hip.guidance.events import SensorsStream
from imu_hip.guidance.plan import Progress
from imu_hip.guidance.view import Command, SessionView
from imu_hip.history.store import History
from imu_hip.live.guide import Guide
from imu_hip.live.keeping import Keeping
from imu_hip.live.measuring import Measuring
from imu_hip.live.messages import LiveFrame, SensorHealth
from imu_hip.live.opening import Opened, SessionWish
from imu_hip.live.saver import Saver
from imu_hip.live.sensor_health import FitWatch, health_of
from imu_hip.live.session_files import finish_interrupted, new_recording, tidy

TAKE_S: Final = 0.004
"""Samples are read this often: on average it costs half of that in delay."""

Listener = Callable[[SessionView | LiveFrame | tuple[SensorHealth, ...]], None]
Guarded = Callable[[Callable[[], None]], None]


class SessionRecording:
    """Records while a session is led, and keeps everything that it finishes.

    Parameters
    ----------
    guarded
        Runs work whose mistakes must not end the recording in the middle.
    """

    def __init__(
        self,
        wish: SessionWish,
        opened: Opened,
        history: History,
        *,
        saver: Saver,
        listener: Listener,
        guarded: Guarded,
    ) -> None:
        self.target: Path | None = None
        self._wish = wish
        self._opened = opened
        self._history = history
        self._saver = saver
        self._listener = listener
        self._guarded = guarded
        self._keeping: Keeping | None = None
        self._measuring: Measuring | None = None

    async def run(
        self, guide: Guide, capture: Capture, placed: Sequence[Placed], over: asyncio.Event
    ) -> None:
        """Record until the session is over; the recording is finished whatever comes."""
        simulated = self._opened.plan.simulated
        keeping = await asyncio.to_thread(self._begin, guide, simulated)
        target = keeping.recording
        rates_hz = [one.settings.sampling_rate_hz for one in placed]
        measuring = self._measuring = Measuring(
            guide,
            [one.segment for one in placed],
            max(rates_hz),
            self._opened.plan.tested_sides,
            on_frame=self._listener,
            on_markers=keeping.marked,
        )

        def hear(captured: Captured) -> None:
            self._guarded(lambda: measuring.hear(captured))

        try:
            await record(
                capture,
                journal_header(placed, target.name, simulated=simulated),
                target,
                duration_s=None,
                stop=over,
                show=self._shower(guide, rates_hz),
                hear=hear,
                take_s=TAKE_S,
            )
        except ImuHipError as error:
            guide.troubles["recording"] = str(error)
        except asyncio.CancelledError:
            await self._saver.drained()
            await asyncio.to_thread(finish_interrupted, (str(target),))
            raise
        finally:
            self._measuring = None
        await self._saver.drained()
        await asyncio.to_thread(tidy, target)

    def told(self, guide: Guide, command: Command) -> None:
        """Take a command that concerns the movement that goes on."""
        if command is Command.KEEP and self._measuring is not None:
            kept = self._measuring.keep_now()
            if kept is not None:
                guide.tell(kept)

    def progressed(self, before: Progress, after: Progress, as_json: str) -> None:
        """Keep what was finished between two moments."""
        if self._keeping is not None:
            self._keeping.progressed(before, after, as_json)

    def _begin(self, guide: Guide, simulated: bool) -> Keeping:
        wish, opened, history = self._wish, self._opened, self._history
        target = new_recording(wish.folder.absolute(), wish.protocol.name, datetime.now())
        if opened.resumed is None:
            kept = history.begin_session(
                opened.person,
                wish.protocol.name,
                wish.mode,
                simulated=simulated,
                recording=str(target),
            )
        else:
            kept = opened.resumed
            history.add_recording(kept.id, str(target))
        guide.kept_as(kept.id)
        self.target = target
        self._keeping = Keeping(history, self._saver, kept.id, target)
        return self._keeping

    def _shower(self, guide: Guide, rates_hz: Sequence[float]) -> Callable[[RecordingView], None]:
        """What is done with the state of the sensors, four times a second."""
        fit = FitWatch(rates_hz)

        def show(view: RecordingView) -> None:
            self._listener(health_of(view.sensors))
            guide.troubles["recording"] = view.trouble
            remarks = fit.remarks(view.sensors, view.elapsed_s)
            if remarks is not None:
                self._guarded(lambda: guide.tell(SensorsStream(remarks)))

        return show

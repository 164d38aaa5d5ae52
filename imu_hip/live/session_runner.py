"""One guided session from the first sensor found to the report."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

from imu_hip.bluetooth.capture import Capture, Placed
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.journal_entries import journal_header
from imu_hip.bluetooth.recorder import RecordingView, record
from imu_hip.bluetooth.stream_choice import place
from imu_hip.bluetooth.visit import Worn
from imu_hip.errors import ImuHipError
from imu_hip.guidance.events import Finished, SensorsFailed, SensorsStream, SensorsUnknown
from imu_hip.guidance.plan import Progress, SessionPlan
from imu_hip.guidance.view import Asked, Command, SessionView, Stage
from imu_hip.history.records import SessionState
from imu_hip.history.store import History
from imu_hip.live.air import Air, assignments_file, on_air, remember
from imu_hip.live.guide import Guide
from imu_hip.live.keeping import Keeping
from imu_hip.live.measuring import Measuring
from imu_hip.live.messages import LiveFrame, SensorHealth
from imu_hip.live.opening import Opened, SessionWish, open_session
from imu_hip.live.saver import Saver
from imu_hip.live.sensor_health import FitWatch, health_of
from imu_hip.live.session_files import finish_interrupted, new_recording, tidy
from imu_hip.live.session_lock import SessionLock
from imu_hip.live.stopping import unless_stopped
from imu_hip.live.worn_sensors import UnplacedSensorsError, find_worn, tell_by_movement
from imu_hip.names import Segment
from imu_hip.recording.recording import Marker

__all__ = ["Listener", "LiveSession", "SessionWish"]

TAKE_S: Final = 0.008
"""Samples are read this often: on average it costs half of that in delay."""

TICK_S: Final = 0.05

OVER: Final = frozenset({Stage.RESULT, Stage.STOPPED})
LEAVING: Final = frozenset({Command.STOP, Command.CONTINUE})

Listener = Callable[[SessionView | LiveFrame | tuple[SensorHealth, ...]], None]


class LiveSession:
    """Leads one person through one session; everything finished is saved at once.

    Parameters
    ----------
    history
        Stays open while the session runs.
    listener
        Called in the event loop with each new view, each new frame of angles and, four times a
        second, the health of the sensors; it must return at once.
    """

    def __init__(self, wish: SessionWish, history: History, listener: Listener) -> None:
        self.problem: ImuHipError | None = None
        """Why the sensors cannot be used, while they cannot."""
        self.recording: Path | None = None
        self.report: Path | None = None
        self.concluded = asyncio.Event()
        """Set when results, recording and report are there."""
        self._wish = wish
        self._history = history
        self._listener = listener
        self._saver = Saver(self._on_trouble)
        self._guide = self._guide_for(
            SessionPlan(wish.protocol, wish.person, wish.resume, wish.virtual is not None)
        )
        self._fault: Exception | None = None
        self._air: Air | None = None
        self._keeping: Keeping | None = None
        self._measuring: Measuring | None = None
        self._again = asyncio.Event()
        self._over = asyncio.Event()
        self._left = asyncio.Event()

    @property
    def view(self) -> SessionView:
        """The latest view."""
        return self._guide.view

    async def run(self) -> None:
        """Run the session.

        Once its result is there (`concluded`), it ends when it is told `Command.STOP` or
        `CONTINUE`. It may be cancelled at any time: what was finished by then is saved, and the
        session can be gone on with.

        Raises
        ------
        ImuHipError
            Where the session cannot begin: another one runs, the one to go on with has ended, the
            virtual sensors do not exist, or nothing can be written.
        """
        with SessionLock(self._wish.folder):
            async with on_air(self._wish.virtual) as air, _during(self._saver.run()):
                opened = await asyncio.to_thread(
                    open_session,
                    self._wish,
                    self._history,
                    simulated=air.is_simulated,
                    pelvis=Segment.PELVIS in air.worn_segments(),
                )
                self._air = air
                self._guide = self._guide_for(opened.plan)
                try:
                    async with _during(asyncio.to_thread(_load)), _during(self._ticking()):
                        await self._lead(air, opened)
                finally:
                    await self._saver.drained()

    def tell(self, command: Command) -> None:
        """Pass on what the person commands; called in the event loop."""
        if self.concluded.is_set():
            if command in LEAVING:
                self._left.set()
            return
        self._guide.command(command)
        if command is Command.KEEP and self._measuring is not None:
            kept = self._measuring.keep_now()
            if kept is not None:
                self._guide.tell(kept)
        elif command is Command.CONTINUE:
            self._again.set()

    async def _lead(self, air: Air, opened: Opened) -> None:
        self._guide.begin()
        async with AsyncExitStack() as open_until_told:
            connecting = self._streaming(air, opened, open_until_told)
            streaming = None
            if not self._over.is_set():
                streaming = await unless_stopped(self._over, connecting)
            else:
                connecting.close()
            if streaming is not None:
                await self._measure(air, opened, *streaming)
        await self._conclude(opened)
        if self._fault is not None:
            raise self._fault
        await self._left.wait()

    async def _streaming(
        self, air: Air, opened: Opened, open_until: AsyncExitStack
    ) -> tuple[Capture, list[Placed]]:
        """Find the sensors and let them stream, as often as the person wants it tried."""
        while True:
            try:
                placed = [
                    place(worn.segment, worn.sensor) for worn in await self._worn(air, opened)
                ]
                capture = await open_until.enter_async_context(Capture(air.central, placed))
            except ImuHipError as error:
                self.problem = error
            except DialogueError as error:
                self.problem = ImuHipError(
                    f"A sensor did not do what was asked: {error.what}.",
                    "Switch it off and on again.",
                )
            else:
                self.problem = None
                return capture, placed
            self._again.clear()
            self._guide.tell(SensorsFailed(str(self.problem)))
            await self._again.wait()

    async def _worn(self, air: Air, opened: Opened) -> tuple[Worn, ...]:
        try:
            return await find_worn(air, opened.plan.segments)
        except UnplacedSensorsError as error:
            self._guide.tell(SensorsUnknown(error.what))
            found = await tell_by_movement(air, error.sensors, self._guide)
            file = assignments_file(self._wish.virtual)
            await asyncio.to_thread(remember, found, file)
            return tuple(Worn(segment, sensor) for segment, sensor in found.items())

    async def _measure(
        self, air: Air, opened: Opened, capture: Capture, placed: Sequence[Placed]
    ) -> None:
        """Record until the machine has all it wants; the recording is finished whatever comes."""
        air.begin()
        target = await asyncio.to_thread(self._begin_recording, opened, air.is_simulated)
        rates_hz = [one.settings.sampling_rate_hz for one in placed]
        self._measuring = Measuring(
            self._guide,
            [one.segment for one in placed],
            max(rates_hz),
            opened.plan.tested_sides,
            on_frame=self._listener,
            on_markers=self._mark,
        )
        try:
            await record(
                capture,
                journal_header(placed, target.name, simulated=air.is_simulated),
                target,
                duration_s=None,
                stop=self._over,
                show=self._shower(rates_hz),
                hear=partial(self._guarded, self._measuring.hear),
                take_s=TAKE_S,
            )
        except ImuHipError as error:
            self._guide.troubles["recording"] = str(error)
        except asyncio.CancelledError:
            await self._saver.drained()
            await asyncio.to_thread(finish_interrupted, (str(target),))
            raise
        finally:
            self._measuring = None
        await asyncio.to_thread(tidy, target)

    def _begin_recording(self, opened: Opened, simulated: bool) -> Path:
        wish, history = self._wish, self._history
        target = new_recording(wish.folder, wish.protocol.name, datetime.now())
        if opened.resumed is None:
            kept = history.begin_session(
                opened.person,
                wish.protocol.name,
                wish.mode,
                simulated=simulated,
                recording=str(target.absolute()),
            )
        else:
            kept = opened.resumed
            history.add_recording(kept.id, str(target.absolute()))
        self._guide.kept_as(kept.id)
        self.recording = target
        self._keeping = Keeping(history, self._saver, kept.id, target.absolute())
        return target

    def _shower(self, rates_hz: Sequence[float]) -> Callable[[RecordingView], None]:
        """What is done with the state of the sensors, four times a second."""
        fit = FitWatch(rates_hz)

        def show(view: RecordingView) -> None:
            self._listener(health_of(view.sensors))
            self._guide.troubles["recording"] = view.trouble
            remarks = fit.remarks(view.sensors, view.elapsed_s)
            if remarks is not None:
                self._guide.tell(SensorsStream(remarks))

        return show

    async def _conclude(self, opened: Opened) -> None:
        """Results, report and the end in the history, for a session that has begun there."""
        session = self.view.session
        if session is not None:
            stopped = self.view.stage is Stage.STOPPED
            notes = (*opened.notes, *filter(None, self._guide.troubles.values()))
            await self._saver.drained()

            def concluded() -> Finished:
                from imu_hip.live.finals import conclude  # noqa: PLC0415

                outcome = conclude(
                    self._history,
                    session,
                    SessionState.STOPPED if stopped else SessionState.FINISHED,
                    title=self._wish.protocol.title,
                    calibration_deg={
                        leg.side: leg.uncertainty_deg for leg in self._guide.state.calibrated
                    },
                    notes=notes,
                )
                self.report = outcome.report
                name = "" if outcome.report is None else outcome.report.name
                return Finished(outcome.results, outcome.sentences, name)

            self._guide.tell(await asyncio.to_thread(concluded))
        self.concluded.set()

    def _guide_for(self, plan: SessionPlan) -> Guide:
        return Guide(
            plan, on_view=self._on_view, on_asked=self._on_asked, on_progress=self._on_progress
        )

    async def _ticking(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._guarded(self._guide.passed)

    def _guarded(self, work: Callable[..., None], *arguments: object) -> None:
        """A mistake in the program ends the session, but the recording is finished all the same."""
        try:
            work(*arguments)
        except Exception as error:
            self._fault = self._fault or error
            self._over.set()

    def _on_view(self, view: SessionView) -> None:
        if view.stage in OVER:
            self._over.set()
        self._listener(view)

    def _on_asked(self, asked: Asked) -> None:
        if self._air is not None and self._air.world is not None:
            self._air.world.ask(asked.doing, asked.side, asked.direction)

    def _on_progress(self, before: Progress, after: Progress) -> None:
        if self._keeping is not None:
            self._keeping.progressed(before, after, self._guide.as_json())

    def _mark(self, markers: tuple[Marker, ...]) -> None:
        if self._keeping is not None:
            self._keeping.marked(markers)

    def _on_trouble(self, trouble: str) -> None:
        self._guide.troubles["history"] = trouble


def _load() -> None:
    """Load what is needed later: loading it while samples come would hold them up."""
    import pyarrow  # noqa: F401, PLC0415

    import imu_hip.live.finals  # noqa: F401, PLC0415


@asynccontextmanager
async def _during(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Work that goes on meanwhile and is ended with the block."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})

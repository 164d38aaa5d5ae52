"""One guided session from the first sensor found to the report."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final

from imu_hip.errors import ImuHipError
from imu_hip.guidance.events import Finished
from imu_hip.guidance.plan import Progress, SessionPlan
from imu_hip.guidance.view import OVER, Asked, Command, SessionView, Stage
from imu_hip.history.records import SessionState
from imu_hip.history.store import History
from imu_hip.live.air import Air, assignments_file, on_air
from imu_hip.live.connecting import Connecting
from imu_hip.live.guide import Guide
from imu_hip.live.held_views import HeldViews
from imu_hip.live.opening import Opened, SessionWish, open_session
from imu_hip.live.saver import Saver
from imu_hip.live.session_lock import SessionLock
from imu_hip.live.session_recording import Listener, SessionRecording
from imu_hip.live.stopping import unless_stopped
from imu_hip.names import Segment

__all__ = ["Listener", "LiveSession", "SessionWish"]

TICK_S: Final = 0.05

LEAVING: Final = frozenset({Command.STOP, Command.CONTINUE})


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
        self.report: Path | None = None
        """Where the report lies, once it is there."""
        self.concluded = asyncio.Event()
        """Set when results, recording and report are there."""
        self._wish = wish
        self._history = history
        self._listener = listener
        self._saver = Saver(self._on_trouble)
        self._guide = self._guide_for(
            SessionPlan(wish.protocol, wish.person, wish.resume, wish.virtual is not None)
        )
        self._air: Air | None = None
        self._connecting: Connecting | None = None
        self._recording: SessionRecording | None = None
        self._fault: Exception | None = None
        self._over = asyncio.Event()
        self._left = asyncio.Event()
        self._views = HeldViews(lambda: self._saver.busy, listener)

    @property
    def view(self) -> SessionView:
        """The latest view."""
        return self._guide.view

    @property
    def problem(self) -> ImuHipError | None:
        """Why the sensors cannot be used, while they cannot."""
        return None if self._connecting is None else self._connecting.problem

    @property
    def recording(self) -> Path | None:
        """Where the recording lies, or will lie once it is finished; None before it began."""
        return None if self._recording is None else self._recording.target

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
                self._prepare(air, opened)
                try:
                    async with (
                        _during(asyncio.to_thread(_load, self._guide)),
                        _during(self._ticking()),
                    ):
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
        if self._recording is not None:
            self._recording.told(self._guide, command)
        if self._connecting is not None and command is Command.CONTINUE:
            self._connecting.try_again()

    def _prepare(self, air: Air, opened: Opened) -> None:
        self._air = air
        self._guide = self._guide_for(opened.plan)
        self._connecting = Connecting(
            air, self._guide, opened.plan.segments, assignments_file(self._wish.virtual)
        )
        self._recording = SessionRecording(
            self._wish,
            opened,
            self._history,
            saver=self._saver,
            listener=self._listener,
            guarded=self._guarded,
        )

    async def _lead(self, air: Air, opened: Opened) -> None:
        self._guide.begin()
        # A session that is gone on with may have nothing left to do but its result.
        if not self._over.is_set():
            await self._measure(air)
        if self._fault is not None:
            raise self._fault
        await self._conclude(opened)
        await self._left.wait()

    async def _measure(self, air: Air) -> None:
        if self._connecting is None or self._recording is None:
            return
        async with AsyncExitStack() as streams:
            found = await unless_stopped(self._over, self._connecting.streaming(streams))
            if found is not None:
                air.begin()
                await self._recording.run(self._guide, *found, self._over)

    async def _conclude(self, opened: Opened) -> None:
        """Results, report and the end in the history, for a session that has begun there."""
        session = self.view.session
        if session is not None:
            notes = (*opened.notes, *filter(None, self._guide.troubles.values()))
            finished = await asyncio.to_thread(self._finished, session, notes)
            self._guide.tell(finished)
        self.concluded.set()

    def _finished(self, session: int, notes: tuple[str, ...]) -> Finished:
        from imu_hip.live.finals import conclude  # noqa: PLC0415

        stopped = self.view.stage is Stage.STOPPED
        outcome = conclude(
            self._history,
            session,
            SessionState.STOPPED if stopped else SessionState.FINISHED,
            title=self._wish.protocol.title,
            calibration_deg={leg.side: leg.uncertainty_deg for leg in self._guide.state.calibrated},
            notes=notes,
        )
        self.report = outcome.report
        name = "" if outcome.report is None else outcome.report.name
        return Finished(outcome.results, outcome.sentences, name)

    def _guide_for(self, plan: SessionPlan) -> Guide:
        return Guide(
            plan, on_view=self._on_view, on_asked=self._on_asked, on_progress=self._on_progress
        )

    async def _ticking(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._guarded(self._guide.passed)
            self._views.look()

    def _guarded(self, work: Callable[[], None]) -> None:
        """A mistake in the program ends the session, but the recording is finished all the same."""
        try:
            work()
        except Exception as error:
            self._fault = self._fault or error
            self._over.set()

    def _on_view(self, view: SessionView) -> None:
        if view.stage in OVER:
            self._over.set()
        self._views.hold(view)

    def _on_asked(self, asked: Asked) -> None:
        if self._air is not None and self._air.world is not None:
            self._air.world.ask(asked.doing, asked.side, asked.direction)

    def _on_progress(self, before: Progress, after: Progress) -> None:
        if self._recording is not None:
            self._recording.progressed(before, after, self._guide.as_json())

    def _on_trouble(self, trouble: str) -> None:
        self._guide.troubles["history"] = trouble


def _load(guide: Guide) -> None:
    """Load and make what is needed later: doing so while samples come would hold them up."""
    import pyarrow  # noqa: F401, PLC0415

    import imu_hip.live.finals  # noqa: F401, PLC0415

    guide.as_json()


@asynccontextmanager
async def _during(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Work that goes on meanwhile and is ended with the block."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})

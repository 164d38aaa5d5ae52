"""The one session that runs at a time, and what tabs are told of it."""

import asyncio
import logging
import secrets
from typing import Final

from imu_hip.errors import ImuHipError
from imu_hip.guidance.protocol import Protocol
from imu_hip.guidance.view import OVER, Command, SessionView
from imu_hip.history.records import Mode
from imu_hip.live.messages import LiveFrame, SensorHealth
from imu_hip.live.session_runner import SessionWish
from imu_hip.names import Sex
from imu_hip.web import outgoing
from imu_hip.web.incoming import Resume, Start
from imu_hip.web.outgoing import Offer
from imu_hip.web.pace import FramePace
from imu_hip.web.service import GuidedSession, Service
from imu_hip.web.tabs import Tabs

CONCLUDING_S: Final = 60.0

_log = logging.getLogger(__name__)


class SessionHostError(ImuHipError):
    """A session cannot be begun, resumed or told something now."""


class SessionHost:
    """Starts, resumes and ends sessions, one at a time, and tells all tabs."""

    def __init__(self, service: Service, tabs: Tabs, token: str) -> None:
        self.service = service
        self.token = token
        self._tabs = tabs
        self._session: GuidedSession | None = None
        self._watch: asyncio.Task[None] | None = None
        self._working: asyncio.Task[None] | None = None
        self._beginning = asyncio.Lock()
        self._running_id: int | None = None
        self._is_over = False
        self._changes = 0
        self._view: str | None = None
        self._sensors: str | None = None
        self._frames = FramePace(lambda text: tabs.show_newest("frame", text))

    def gave(self, token: str) -> bool:
        """Whether a page has this token from this server, told in the same time for any."""
        return secrets.compare_digest(token.encode(), self.token.encode())

    async def start(self, message: Start) -> None:
        """Begin a session.

        Raises
        ------
        ImuHipError
            Where one runs already, or the protocol is unknown.
        """
        protocol = self.service.protocol(message.protocol)
        await self._begin(self._wish(message.person, message.sex, protocol, message.mode, None))

    async def resume(self, message: Resume) -> None:
        """Go on with a session that was cut off.

        Raises
        ------
        ImuHipError
            Where one runs already, or this one cannot be resumed.
        """
        unfinished = await asyncio.to_thread(self.service.history.unfinished)
        record = next((record for record in unfinished if record.id == message.session), None)
        if record is None:
            raise SessionHostError("This session cannot be resumed.", "Start a new one.")
        protocol = self.service.protocol(record.protocol)
        person = record.person
        await self._begin(self._wish(person.alias, person.sex, protocol, record.mode, record.id))

    def tell(self, command: Command) -> None:
        """Give the running session a command.

        Raises
        ------
        SessionHostError
            Where none runs.
        """
        if self._session is None:
            raise SessionHostError("No session runs.", "Start one first.")
        self._session.tell(command)

    async def leave(self) -> None:
        """End the running session, which saves itself; nothing where none runs.

        One whose result is on the page may be writing its report still, and is waited for.
        """
        async with self._beginning:
            if self._session is None or self._working is None or self._watch is None:
                return
            if self._is_over:
                concluded = asyncio.create_task(self._session.concluded.wait())
                await asyncio.wait(
                    {concluded, self._working},
                    timeout=CONCLUDING_S,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                concluded.cancel()
            self._working.cancel()
            await asyncio.wait({self._watch})

    async def forget(self, alias: str, *, recordings: bool) -> None:
        """Delete a person's data, and on wish the recordings.

        Raises
        ------
        ImuHipError
            Where a session runs, or nobody has this alias.
        """
        async with self._beginning:
            if self._session is not None:
                raise SessionHostError("A session runs.", "End it first.")
            await asyncio.to_thread(self._delete, alias, recordings)
        await self._greet_anew()

    def now(self) -> tuple[str, ...]:
        """What a new tab is told after its greeting."""
        if self._session is None:
            return (outgoing.IDLE,)
        return tuple(text for text in (self._view, self._sensors) if text is not None)

    async def offer(self) -> Offer:
        """What can be begun now."""
        while True:
            changes = self._changes
            offer = await asyncio.to_thread(self.service.offer, self._running_id)
            if changes == self._changes:
                return offer

    def _wish(
        self,
        person: str,
        sex: Sex | None,
        protocol: Protocol,
        mode: Mode,
        resume: int | None,
    ) -> SessionWish:
        return SessionWish(
            person, sex, protocol, mode, self.service.virtual, self.service.folder, resume
        )

    async def _begin(self, wish: SessionWish) -> None:
        async with self._beginning:
            if self._session is not None:
                raise SessionHostError("A session runs already.", "End it first.")
            self._session = self.service.begin(wish, self.service.history, self._show)
            self._running_id = wish.resume
            self._is_over = False
            self._working = asyncio.create_task(self._session.run())
            self._watch = asyncio.create_task(self._see_to_the_end(self._working))

    async def _see_to_the_end(self, working: asyncio.Task[None]) -> None:
        await asyncio.wait({working})
        self._frames.stop()
        self._session = self._view = self._sensors = self._running_id = None
        fault = None if working.cancelled() else working.exception()
        if isinstance(fault, ImuHipError):
            self._tabs.show(outgoing.problem(str(fault)))
        elif fault is not None:
            _log.error("A session ended by a fault.", exc_info=fault)
            self._tabs.show(
                outgoing.problem(
                    "The session ended by a fault of the program. What was measured before is "
                    "kept: resume the session, or start a new one."
                )
            )
        await self._greet_anew()
        self._tabs.show(outgoing.IDLE)

    async def _greet_anew(self) -> None:
        self._changes += 1
        offer = await self.offer()
        self._tabs.greet(
            {does: outgoing.hello(offer, drives=does, token=self.token) for does in (False, True)}
        )

    def _show(self, shown: SessionView | LiveFrame | tuple[SensorHealth, ...]) -> None:
        if isinstance(shown, LiveFrame):
            self._frames.show(shown)
        elif isinstance(shown, SessionView):
            self._is_over = shown.stage in OVER
            self._running_id = shown.session
            self._view = outgoing.view(shown)
            self._tabs.show(self._view)
        else:
            self._sensors = outgoing.sensors(shown)
            self._tabs.show_newest("sensors", self._sensors)

    def _delete(self, alias: str, recordings: bool) -> None:
        history = self.service.history
        history.delete(history.person(alias), recordings=recordings)

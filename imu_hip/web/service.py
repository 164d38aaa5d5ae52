"""What the page serves: who and what a session can be begun with, and how."""

import asyncio
import typing
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imu_hip.errors import ImuHipError
from imu_hip.guidance.protocol import Protocol
from imu_hip.guidance.view import Command
from imu_hip.history.store import History
from imu_hip.live.session_runner import Listener, SessionWish
from imu_hip.web.outgoing import Offer, Unfinished


class ServiceError(ImuHipError):
    """What was asked for is not offered."""


class GuidedSession(typing.Protocol):
    """What runs a session, as `live.session_runner.LiveSession` does."""

    concluded: asyncio.Event
    """Set when the result and the report are there."""

    def run(self) -> Coroutine[Any, Any, None]:
        """Run until the session is left or cancelled; everything is saved whatever happens."""

    def tell(self, command: Command) -> None:
        """Give a command."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the page serves.

    Parameters
    ----------
    folder
        Where recordings are written.
    virtual
        A plan of virtual sensors, None for real ones.
    begin
        Makes a session that tells the listener what it shows.
    """

    history: History
    protocols: tuple[Protocol, ...]
    folder: Path
    virtual: str | None
    begin: Callable[[SessionWish, History, Listener], GuidedSession]

    def protocol(self, name: str) -> Protocol:
        """The protocol of a name.

        Raises
        ------
        ServiceError
            Where there is none.
        """
        for protocol in self.protocols:
            if protocol.name == name:
                return protocol
        raise ServiceError("There is no protocol of this name.", "Choose one of the list.")

    def offer(self, running: int | None) -> Offer:
        """What can be begun now; reads the history.

        Parameters
        ----------
        running
            The session that runs and is therefore not one that was cut off.
        """
        titles = {protocol.name: protocol.title for protocol in self.protocols}
        unfinished = tuple(
            Unfinished(record, titles[record.protocol], self._counted(record.id))
            for record in self.history.unfinished()
            if record.id != running and record.protocol in titles
        )
        return Offer(
            self.protocols, self.history.people(), unfinished, virtual=self.virtual is not None
        )

    def _counted(self, session: int) -> int:
        return sum(one.counted for one in self.history.repetitions(session))

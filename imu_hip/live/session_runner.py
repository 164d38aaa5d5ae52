"""One guided session from the first sensor found to the report."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from imu_hip.guidance.protocol import Protocol
from imu_hip.guidance.view import Command, SessionView
from imu_hip.history.records import Mode
from imu_hip.live.messages import LiveFrame, SensorHealth
from imu_hip.names import Sex

Listener = Callable[[SessionView | LiveFrame | tuple[SensorHealth, ...]], None]


@dataclass(frozen=True, slots=True)
class SessionWish:
    """What a session is to be.

    Parameters
    ----------
    person
        An alias; somebody new is added to the history.
    sex
        For the norms of somebody new; None where it is not said.
    virtual
        A description of virtual sensors, None for real ones.
    folder
        Where recordings and reports go; `session_files.sessions_folder()` is the usual one.
    resume
        The session of the history that is to go on, None for a new one. Person, protocol and
        mode must be those of that session.
    """

    person: str
    sex: Sex | None
    protocol: Protocol
    mode: Mode
    virtual: str | None
    folder: Path
    resume: int | None = None


class LiveSession:
    """Leads one person through one session; everything finished is saved at once.

    Parameters
    ----------
    history
        An open `imu_hip.history.store.History`.
    listener
        Called in the event loop with each new view, each new frame of angles and, four times a
        second, the health of the sensors; it must return at once.
    """

    view: SessionView

    def __init__(self, wish: SessionWish, history: object, listener: Listener) -> None:
        raise NotImplementedError

    async def run(self) -> None:
        """Run the session.

        It ends when a session that shows its result or was stopped is told `Command.STOP` (or
        `CONTINUE`), or is cancelled; what was finished by then is saved whatever happens.

        Raises
        ------
        ImuHipError
            Where the session cannot begin: another one runs, the protocol's sensors cannot be
            reached at all, or nothing can be written.
        """
        raise NotImplementedError

    def tell(self, command: Command) -> None:
        """Pass on what the person commands; called in the event loop."""
        raise NotImplementedError

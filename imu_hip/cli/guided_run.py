"""What `imu-hip test` and `imu-hip stretch` do once their arguments are read."""

import asyncio
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.live import Live

from imu_hip.cli.keys import heard_keys
from imu_hip.cli.running import stopping_on_interrupt
from imu_hip.cli.session_screen import results_table, session_page
from imu_hip.errors import ImuHipError
from imu_hip.guidance.protocol import Protocol, ProtocolKind
from imu_hip.guidance.protocol_file import read_protocol
from imu_hip.guidance.view import Command, SessionView, Stage, Tone
from imu_hip.history.address import recordings_folder
from imu_hip.history.records import Mode
from imu_hip.history.store import History, open_history
from imu_hip.live.messages import LiveFrame, SensorHealth
from imu_hip.live.session_runner import LiveSession, SessionWish
from imu_hip.names import Sex

USUAL_PERSON: Final = "me"

DRAW_S: Final = 0.08
"""Twelve pictures a second: more than anybody reads, and few enough for a slow terminal."""

ASKING: Final = frozenset({Stage.CALIBRATE, Stage.RETEST})
"""Where a session may wait for an answer although all is well."""

KEYS: Final = {
    "\n": (Command.CONTINUE,),
    "\r": (Command.CONTINUE,),
    "k": (Command.KEEP,),
    "r": (Command.REDO,),
    "s": (Command.SKIP,),
    "x": (Command.PAIN,),
    " ": (Command.RESUME, Command.PAUSE),
    "c": (Command.RECALIBRATE,),
    "t": (Command.RETEST,),
    "q": (Command.STOP,),
}


@dataclass(frozen=True, slots=True)
class GuidedWish:
    """What was asked for; None is what was left open."""

    person: str | None
    protocol: str | None
    mode: Mode
    sex: Sex | None
    virtual: str | None
    resume: bool
    stretches: bool


class GuidedRun:
    """One session in a terminal; where the output is none, cues and news are a line each."""

    def __init__(self, console: Console, *, sound: bool) -> None:
        self._console = console
        self._sound = sound
        self._view: SessionView | None = None
        self._frame: LiveFrame | None = None
        self._sensors: tuple[SensorHealth, ...] = ()
        self._session: LiveSession | None = None
        self._has_keys = False

    async def run(self, wish: SessionWish, history: History) -> LiveSession:
        """Lead through the session until its result is shown, or it was stopped.

        Raises
        ------
        ImuHipError
            Where the session cannot begin, or, without a keyboard, its sensors cannot be used.
        """
        session = self._session = LiveSession(wish, history, self._hear)
        stop = asyncio.Event()
        with stopping_on_interrupt(stop), heard_keys(self._on_key) as self._has_keys:
            running = asyncio.ensure_future(session.run())
            helping = [
                asyncio.ensure_future(self._draw()),
                asyncio.ensure_future(_stop_when(stop, session)),
                asyncio.ensure_future(_stop_when(session.concluded, session)),
                asyncio.ensure_future(self._give_up()),
            ]
            try:
                await running
            finally:
                for task in helping:
                    task.cancel()
                await asyncio.gather(*helping, return_exceptions=True)
        if session.problem is not None and not self._has_keys:
            raise session.problem
        return session

    async def _give_up(self) -> None:
        """Without a keyboard nobody can say that sensors should be looked for again."""
        while self._session is None or self._session.problem is None or self._has_keys:
            await asyncio.sleep(DRAW_S)
        self._session.tell(Command.STOP)

    def _hear(self, told: SessionView | LiveFrame | tuple[SensorHealth, ...]) -> None:
        if isinstance(told, LiveFrame):
            self._frame = told
        elif isinstance(told, SessionView):
            before, self._view = self._view, told
            self._follow(before, told)
        else:
            self._sensors = told

    def _follow(self, before: SessionView | None, view: SessionView) -> None:
        if not self._console.is_terminal:
            self._print_news(before, view)
        is_new = before is None or view.tone_number != before.tone_number
        if self._sound and is_new and view.tone is Tone.PLATEAU:
            self._console.bell()
        if not self._has_keys and view.stage in ASKING:
            self._answer(view)

    def _answer(self, view: SessionView) -> None:
        """Without a keyboard a question is answered as most people would."""
        offered = {button.command for button in view.buttons}
        for command in (Command.CONTINUE, Command.RECALIBRATE):
            if command in offered and self._session is not None:
                asyncio.get_running_loop().call_soon(self._session.tell, command)
                return

    def _print_news(self, before: SessionView | None, view: SessionView) -> None:
        lines: list[str] = []
        if before is None or view.cue_number != before.cue_number:
            lines.append(view.cue.text)
        if before is None or view.notice != before.notice:
            lines.append(view.notice)
        if before is None or view.warning != before.warning:
            lines.append(view.warning)
        for line in filter(None, lines):
            self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def _on_key(self, key: str) -> None:
        commands = KEYS.get(key.lower(), ())
        if self._session is None or self._view is None:
            return
        offered = {button.command for button in self._view.buttons} | {Command.STOP}
        for command in commands:
            if command in offered:
                self._session.tell(command)
                return

    async def _draw(self) -> None:
        if not self._console.is_terminal:
            return
        with Live(console=self._console, auto_refresh=False, transient=False) as live:
            while True:
                if self._view is not None:
                    page = session_page(self._view, self._frame, self._sensors, keys=self._has_keys)
                    live.update(page, refresh=True)
                await asyncio.sleep(DRAW_S)


async def _stop_when(stop: asyncio.Event, session: LiveSession) -> None:
    await stop.wait()
    session.tell(Command.STOP)


async def lead(wish: GuidedWish, console: Console, *, sound: bool) -> bool:
    """Lead through a session and print what came of it; tells whether anything was measured.

    Raises
    ------
    ImuHipError
        Where the protocol, the history or the sensors cannot be used, or nothing can be resumed.
    """
    protocol = None if wish.resume else _protocol(wish)
    history = await asyncio.to_thread(open_history)
    try:
        chosen = await asyncio.to_thread(_chosen, wish, protocol, history)
        session = await GuidedRun(console, sound=sound).run(chosen, history)
    finally:
        history.close()
    show_result(session, console)
    return bool(session.view.results) or session.report is not None


def _protocol(wish: GuidedWish) -> Protocol:
    """The protocol that was named, which must be of the kind that the command leads through."""
    name = wish.protocol or ("stretch" if wish.stretches else "seated")
    protocol = read_protocol(name)
    if (protocol.kind is ProtocolKind.STRETCH) != wish.stretches:
        command = "test" if wish.stretches else "stretch"
        raise ImuHipError(
            f"{name} is no {'stretch' if wish.stretches else 'test'}.",
            f"Use it with: imu-hip {command}",
        )
    return protocol


def _chosen(wish: GuidedWish, protocol: Protocol | None, history: History) -> SessionWish:
    folder = recordings_folder()
    if protocol is not None:
        alias = wish.person or USUAL_PERSON
        return SessionWish(alias, wish.sex, protocol, wish.mode, wish.virtual, folder)
    person = None if wish.person is None else history.person(wish.person)
    found = [one for one in history.unfinished() if person is None or one.person == person]
    if not found:
        whose = "" if person is None else f" of {person.alias}"
        raise ImuHipError(f"No session{whose} was cut off.", "Begin a new one, without --resume.")
    record = found[0]
    return SessionWish(
        record.person.alias,
        wish.sex,
        read_protocol(wish.protocol or record.protocol),
        record.mode,
        wish.virtual,
        folder,
        record.id,
    )


def show_result(session: LiveSession, console: Console) -> None:
    """Print the results with their uncertainty, in words, and where the files are."""
    view = session.view
    if view.results:
        console.print(results_table(view.results))
        console.print("± is the standard uncertainty of one measurement.", style="dim")
    for sentence in view.sentences:
        console.print(sentence, highlight=False, markup=False, soft_wrap=not console.is_terminal)
    files = (("Recording", session.recording), ("Report", session.report))
    for name, path in files:
        if path is not None:
            console.print(f"{name}: {path}", highlight=False, markup=False, soft_wrap=True)

"""A session's view, and a session that a test leads by hand."""

import asyncio

from imu_hip.guidance.protocol import Cue, ProtocolKind
from imu_hip.guidance.view import Asked, Button, Command, SessionView, Stage
from imu_hip.names import Direction, Doing, Side, Task


def a_view(**fields):
    usual = {
        "session": 1,
        "person": "Ada",
        "protocol": "seated_rotation",
        "title": "Seated rotation",
        "kind": ProtocolKind.TEST,
        "simulated": True,
        "stage": Stage.MEASURE,
        "paused": False,
        "task": Task.SEATED,
        "side": Side.LEFT,
        "asked": Asked(Doing.TURN, Side.LEFT, Direction.INTERNAL),
        "cue": Cue("Turn", "Turn the left thigh inward."),
        "cue_number": 3,
        "tone": None,
        "tone_number": 0,
        "notice": "",
        "warning": "",
        "fraction": None,
        "picture": "seated",
        "buttons": (Button(Command.STOP, "Stop"),),
        "done": (),
        "repetitions": (),
        "results": (),
        "last_time": (),
        "stretch": None,
        "sentences": (),
        "report": "",
    }
    return SessionView(**usual | fields)


class LedByHand:
    """Follows the contract of `LiveSession`; the test shows what it likes through `listener`."""

    def __init__(self, wish, history, listener):
        self.wish = wish
        self.listener = listener
        self.told = []
        self.was_saved = False
        self.ended = asyncio.Event()
        self.concluded = asyncio.Event()
        self.fault = None

    async def run(self):
        self.listener(a_view(person=self.wish.person))
        try:
            await self.ended.wait()
        finally:
            self.was_saved = True
        if self.fault is not None:
            raise self.fault

    def tell(self, command):
        self.told.append(command)
        if command is Command.STOP:
            self.ended.set()

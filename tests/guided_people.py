"""Scripted people for tests of guidance: they do what a session asks, in simulated time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from imu_hip.guidance import events
from imu_hip.guidance.plan import SessionPlan
from imu_hip.guidance.protocol_file import read_protocol
from imu_hip.guidance.session import advance, begin, view_of, watching
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.stretch import plan_bouts
from imu_hip.guidance.view import Asked, Command, SessionView, Stage
from imu_hip.guidance.watching import Watching, WatchKind
from imu_hip.measures.repetitions import Repetition
from imu_hip.names import Direction, Doing, Side

TICK_S = 0.1
REACTION_S = 0.5
RAMP_S = 1.2
POSE_S = {Doing.STAND: 5.0, Doing.SIT: 5.0, Doing.STRAIGHTEN_KNEE: 7.5}
PEAKS_DEG = {
    (Side.LEFT, Direction.INTERNAL): 31.0,
    (Side.LEFT, Direction.EXTERNAL): 41.0,
    (Side.RIGHT, Direction.INTERNAL): 38.0,
    (Side.RIGHT, Direction.EXTERNAL): 43.0,
    (Side.LEFT, None): 24.0,
    (Side.RIGHT, None): 22.0,
}


def plan_for(name, **given):
    """A plan of a built-in protocol, with bouts and a retest where it is a stretch."""
    protocol = read_protocol(name)
    if protocol.stretch is not None:
        given.setdefault("bout_sides", plan_bouts(protocol.stretch, None))
        given.setdefault("retest", read_protocol("seated"))
    return SessionPlan(protocol, person="Kim", **given)


def repetition(direction, peak_deg=35.0, reason="", **given):
    return Repetition(direction, 1.0, 5.0, 2.0, 3.5, peak_deg, 0.0, 90.0, reason, **given)


@dataclass
class Room:
    """A session with its clock; remembers every view that differed."""

    plan: SessionPlan
    time_s: float = 0.0
    views: list[SessionView] = field(default_factory=list)

    def __post_init__(self):
        self.state: SessionState = begin(self.plan, self.time_s)
        self._look()

    @property
    def view(self) -> SessionView:
        return view_of(self.state, self.time_s)

    @property
    def asked(self) -> Asked | None:
        return self.view.asked

    def tell(self, event):
        self.state = advance(self.state, event, self.time_s)
        self._look()

    def command(self, command):
        self.tell(events.Told(command))

    def wait(self, seconds=TICK_S):
        for _ in range(max(round(seconds / TICK_S), 1)):
            self.time_s += TICK_S
            self.tell(events.Passed())

    def spoken(self):
        """What was said, in order."""
        said = {view.cue_number: view.cue.speech for view in self.views}
        return [said[number] for number in sorted(said)]

    def tones(self):
        """What was heard, in order."""
        heard = {view.tone_number: view.tone for view in self.views}
        return [heard[number] for number in sorted(heard)]

    def _look(self):
        view = self.view
        if not self.views or view != self.views[-1]:
            self.views.append(view)


@dataclass
class Obedient:
    """Does what is asked; `judge` gives each finished movement its peak and its fault."""

    room: Room
    judge: Callable[[Side, Direction | None, int], tuple[float, str]] = (
        lambda side, direction, number: (PEAKS_DEG[side, direction], "")
    )
    calibration_deg: float = 1.0
    done: dict[tuple[Side, Direction | None], int] = field(default_factory=dict)

    def until(self, reached: Callable[[SessionView], bool], longest_s: float = 1500.0):
        """Go on until a view is reached."""
        acting = self._act()
        end_s = self.room.time_s + longest_s
        while not reached(self.room.view):
            assert self.room.time_s < end_s, f"stuck: {self.room.view}"
            next(acting)
            self.room.wait()

    def finish(self):
        self.until(lambda view: view.stage in (Stage.RESULT, Stage.STOPPED))

    def _act(self) -> Iterator[None]:
        """Each `next` is a tick; what takes time yields while it does."""
        while True:
            seen, stage = watching(self.room.state), self.room.view.stage
            if stage is Stage.CONNECT:
                self.room.tell(events.SensorsStream())
            elif stage is Stage.RETEST:
                self.room.command(Command.RETEST)
            elif seen.kind in self._answers:
                yield from self._answers[seen.kind](self.room.asked, seen)
            yield

    @property
    def _answers(self):
        return {
            WatchKind.ASSIGN: self._assign,
            WatchKind.POSE: self._pose,
            WatchKind.CALIBRATION: self._calibrate,
            WatchKind.POSITION: self._take_position,
            WatchKind.REPETITION: self._turn,
            WatchKind.STRETCH: self._stretch,
        }

    def _assign(self, asked: Asked, seen: Watching) -> Iterator[None]:
        yield from _for(3.0)
        self.room.tell(events.Assigned(seen.segment))

    def _calibrate(self, asked: Asked | None, seen: Watching) -> Iterator[None]:
        for side in Side:
            self.room.tell(events.Calibrated(side, self.calibration_deg))
        yield

    def _take_position(self, asked: Asked, seen: Watching) -> Iterator[None]:
        self.room.tell(events.Posture(seen.side, ""))
        yield

    def _stretch(self, asked: Asked, seen: Watching) -> Iterator[None]:
        if asked.doing is Doing.STRETCH:
            self.room.tell(events.StretchAngle(seen.side, 40.0, False))
        yield

    def _pose(self, asked: Asked, seen: Watching) -> Iterator[None]:
        yield from _for(REACTION_S)
        ticks = round(POSE_S[asked.doing] / TICK_S)
        for tick in range(1, ticks + 1):
            if self.room.asked != asked:
                return
            self.room.tell(events.PoseProgress(asked.doing, asked.side, tick / ticks))
            yield

    def _turn(self, asked: Asked, seen: Watching) -> Iterator[None]:
        if asked.doing not in (Doing.TURN, Doing.CROSS_LEG):
            return
        side, direction = asked.side, asked.direction
        yield from _for(REACTION_S)
        self.room.tell(events.MovementBegan(side, direction))
        yield from _for(RAMP_S + seen.hold_s)
        number = self.done[side, direction] = self.done.get((side, direction), 0) + 1
        peak_deg, reason = self.judge(side, direction, number)
        self.room.tell(events.PlateauReached(side, direction, peak_deg))
        yield from self._held()
        yield from _for(REACTION_S + RAMP_S + 0.2)
        self.room.tell(events.RepetitionEnded(side, repetition(direction, peak_deg, reason)))

    def _held(self) -> Iterator[None]:
        for _ in range(200):
            if self.room.asked is None or self.room.asked.doing is not Doing.HOLD:
                return
            yield


def _for(seconds: float) -> Iterator[None]:
    for _ in range(round(seconds / TICK_S)):
        yield

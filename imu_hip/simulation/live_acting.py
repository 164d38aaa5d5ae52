"""Writing down what a simulated person does from the moment on at which it takes effect."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import exp, inf

from imu_hip.names import Direction, Doing, Side, Task
from imu_hip.simulation.choreography import Choreography
from imu_hip.simulation.person_traits import PersonTraits
from imu_hip.simulation.static_plan import Fault, FaultKind, StaticSession
from imu_hip.simulation.static_postures import (
    amount,
    prone_posture,
    ready_posture,
    seated_posture,
    standing_posture,
    turned_posture,
)

_LYING_PITCH_DEG = -45.0
_SITTING_BELOW_M = 0.7
_RELAX_S = 0.4
_STRAIGHT_KNEE_DEG = 15.0
_LIFTED = {"hip_flexion": 115.0, "knee_flexion": 105.0}
_SWING_S = 1.1
_STRETCH_STEP_S = 2.0
_STRETCH_TIME_CONSTANT_S = 15.0
_EASED_DEG = 5.0
_SHORTEST_BOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Request:
    """What the person is asked to do."""

    doing: Doing
    side: Side | None = None
    direction: Direction | None = None


@dataclass(slots=True)
class Attempt:
    """One turn or crossing of a leg; the hold has no end while the leg is held."""

    task: Task
    side: Side
    direction: Direction | None
    fault: Fault | None
    start_s: float
    plateau_s: float
    plateau_end_s: float = inf
    end_s: float = inf


@dataclass(slots=True)
class _Stretch:
    """A crossed leg that sinks; `depth_deg` is how far it has."""

    side: Side
    began_s: float
    slope_deg: float
    depth_deg: float = 0.0


class Actor:
    """Writes the score of a person, request by request.

    Parameters
    ----------
    traits, seed
        What the person is like; the same requests give the same movements.
    """

    def __init__(self, traits: PersonTraits, seed: int) -> None:
        self.score = Choreography()
        self.score.begin(standing_posture(StaticSession()))
        self.attempts: list[Attempt] = []
        self._traits = traits
        self._seed = seed
        self._sessions = {
            task: traits.session(task) for task in (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED)
        }
        self._request: Request | None = None
        self._routine: Callable[[], None] | None = None
        self._stretch: _Stretch | None = None
        self._counts: Counter[tuple[Side, Direction | None]] = Counter()
        self._bouts: Counter[Side] = Counter()

    def extend(self, until_s: float) -> None:
        """Go on with what is done again and again."""
        while self._routine is not None and self.score.time_s <= until_s:
            self._routine()

    def follow(self, request: Request, at_s: float) -> None:
        """Do something else from `at_s` on; what is being done already is not begun anew."""
        self.extend(at_s)
        if request.doing is Doing.HOLD:
            if self._routine is not None:
                self._begin(at_s)
            return
        if request == self._request and self._is_busy(at_s):
            return
        self._request = request
        self._begin(at_s)
        if self._stretch and (request.doing, request.side) not in self._stretching():
            self._end_stretch(at_s)
        self._act(request)

    def _is_busy(self, at_s: float) -> bool:
        holds = bool(self.attempts) and self.attempts[-1].plateau_end_s == inf
        return holds or self._routine is not None or at_s < self.score.time_s

    def _begin(self, at_s: float) -> None:
        self._routine = None
        if self.attempts and self.attempts[-1].plateau_end_s > at_s:
            self._let_go(self.attempts[-1], at_s)
        self.score.interrupt(at_s)

    def _let_go(self, attempt: Attempt, at_s: float) -> None:
        if attempt.plateau_s >= at_s:
            self.attempts.pop()
            # What was not even begun is no attempt.
            self._counts[attempt.side, attempt.direction] -= attempt.start_s >= at_s
        attempt.plateau_end_s = at_s
        attempt.end_s = at_s + self._way_s(attempt.direction)

    def _act(self, request: Request) -> None:
        doing, side, direction = request.doing, request.side, request.direction
        if doing is Doing.TURN and side and direction:
            self._turn(side, direction)
        elif side and doing in self._of_a_leg:
            self._of_a_leg[doing](side)
        else:
            self._of_the_body.get(doing, self._rest)()

    @property
    def _of_a_leg(self) -> Mapping[Doing, Callable[[Side], None]]:
        return {
            Doing.STRAIGHTEN_KNEE: self._straighten,
            Doing.LIFT_KNEE: self._lift,
            Doing.BE_READY: self._be_ready,
            Doing.RETURN: self._be_ready,
            Doing.CROSS_LEG: self._cross,
            Doing.STRETCH: self._sink,
        }

    @property
    def _of_the_body(self) -> Mapping[Doing, Callable[[], None]]:
        return {
            Doing.STAND: self._stand_up,
            Doing.SIT: self._sit,
            Doing.LIE_FACE_DOWN: self._lie,
            Doing.EASE_OFF: self._ease_off,
        }

    def _lies(self) -> bool:
        return self.score.now("pitch") < _LYING_PITCH_DEG

    def _sits(self) -> bool:
        return not self._lies() and self.score.now("height") < _SITTING_BELOW_M

    def _seated(self) -> dict[str, float]:
        return seated_posture(self._sessions[Task.SEATED])

    def _rest(self) -> None:
        if self._lies():
            self._lie()
        elif self._sits():
            self._sit()
        else:
            self._go(standing_posture(StaticSession()))

    def _sit(self) -> None:
        self._go(self._seated())

    def _lie(self) -> None:
        self._go(prone_posture())

    def _ramp(self, targets: dict[str, float], duration_s: float) -> None:
        self.score.ramp(targets, duration_s / self._traits.pace)

    def _hold(self, duration_s: float) -> None:
        self.score.hold(duration_s / self._traits.pace)

    def _go(self, targets: dict[str, float]) -> None:
        """Take a posture in the time that its largest change needs."""
        change = {name: abs(target - self.score.now(name)) for name, target in targets.items()}
        if not any(change.values()):
            return
        if change.get("pitch", 0.0) > -_LYING_PITCH_DEG:
            way_s = 5.0
        elif change.pop("height", 0.0) > 0.1:
            way_s = 2.0
        else:
            way_s = self._traits.ramp_s + (0.7 if max(change.values()) > 60.0 else 0.0)
        self._ramp(targets, way_s)

    def _settle(self) -> None:
        """Let everything come to rest, so that a movement begins from it."""
        wait_s = self.score.settled_s - self.score.time_s
        if wait_s > -_RELAX_S:
            self.score.hold(max(wait_s, 0.0))
            self._hold(_RELAX_S)

    def _stand_up(self) -> None:
        if self._sits():
            self._ramp({"pitch": -30.0}, 1.0)
        self._go(standing_posture(StaticSession()))

    def _straighten(self, side: Side) -> None:
        self._swing_always({f"{side}_knee_flexion": _STRAIGHT_KNEE_DEG})

    def _lift(self, side: Side) -> None:
        self._swing_always({f"{side}_{name}": value for name, value in _LIFTED.items()})

    def _swing_always(self, targets: dict[str, float]) -> None:
        self._sit()
        self._settle()
        self._routine = partial(self._swing, targets)

    def _swing(self, targets: dict[str, float]) -> None:
        back = {name: self._seated()[name] for name in targets}
        for way in (targets, back):
            self._ramp(way, _SWING_S)
            self._hold(0.3)

    def _be_ready(self, side: Side) -> None:
        if self._lies():
            self._go(prone_posture() | ready_posture(self._sessions[Task.PRONE], side))
        else:
            self._go(self._seated() | ready_posture(self._sessions[Task.SEATED], side))

    def _turn(self, side: Side, direction: Direction) -> None:
        self._be_ready(side)
        self._settle()
        self._attempt(Task.PRONE if self._lies() else Task.SEATED, side, direction)

    def _cross(self, side: Side) -> None:
        self._sit()
        self._settle()
        self._attempt(Task.CROSS_LEGGED, side, None)

    def _attempt(self, task: Task, side: Side, direction: Direction | None) -> None:
        self._counts[side, direction] += 1
        number = self._counts[side, direction]
        fault = self._sessions[task].fault_of(side, direction, number)
        peak_deg = self._peak_deg(side, direction, number)
        targets = turned_posture(self._sessions[task], side, direction, peak_deg, fault)
        attempt = Attempt(task, side, direction, fault, start_s=self.score.time_s, plateau_s=inf)
        back = {name: self.score.now(name) for name in targets}
        self.score.ramp(targets, self._way_s(direction))
        attempt.plateau_s = self.score.time_s
        self.attempts.append(attempt)
        if hold_s := amount(fault, FaultKind.SHORT_PLATEAU):
            self.score.hold(hold_s)
            attempt.plateau_end_s = self.score.time_s
            self.score.ramp(back, self._way_s(direction))
            attempt.end_s = self.score.time_s

    def _peak_deg(self, side: Side, direction: Direction | None, number: int) -> float:
        return self._traits.peak_deg(side, direction, number, self._bouts[side], self._seed)

    def _way_s(self, direction: Direction | None) -> float:
        way_s = self._traits.ramp_s + (0.7 if direction is None else 0.0)
        return way_s / self._traits.pace

    def _sink(self, side: Side) -> None:
        if self._stretch is None:
            self._sit()
            self._settle()
            slope_deg = self._peak_deg(side, None, self._bouts[side] + 1)
            self._stretch = _Stretch(side, self.score.time_s, slope_deg)
            self.score.ramp(self._sunk(self._stretch), self._way_s(None))
        self._routine = partial(self._sink_on, self._stretch)

    def _sink_on(self, stretch: _Stretch) -> None:
        left_deg = self._traits.stretch_deepens_deg - stretch.depth_deg
        stretch.depth_deg += left_deg * (1.0 - exp(-_STRETCH_STEP_S / _STRETCH_TIME_CONSTANT_S))
        self.score.ramp(self._sunk(stretch), _STRETCH_STEP_S)

    def _sunk(self, stretch: _Stretch) -> dict[str, float]:
        slope_deg = stretch.slope_deg - stretch.depth_deg
        return turned_posture(self._sessions[Task.CROSS_LEGGED], stretch.side, None, slope_deg)

    def _ease_off(self) -> None:
        if self._stretch is None:
            self._rest()
            return
        self._stretch.depth_deg -= _EASED_DEG
        self._ramp(self._sunk(self._stretch), self._traits.ramp_s)

    def _stretching(self) -> tuple[tuple[Doing, Side | None], ...]:
        side = self._stretch.side if self._stretch else None
        return ((Doing.STRETCH, side), (Doing.EASE_OFF, side), (Doing.EASE_OFF, None))

    def _end_stretch(self, at_s: float) -> None:
        if self._stretch and at_s - self._stretch.began_s >= _SHORTEST_BOUT_S:
            self._bouts[self._stretch.side] += 1
        self._stretch = None

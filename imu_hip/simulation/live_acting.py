"""Writing down what a simulated person does, from the moment on at which it takes effect."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import exp, inf
from typing import Final

from imu_hip.names import Direction, Doing, Side, Task
from imu_hip.simulation.live_moves import Mover
from imu_hip.simulation.person_traits import PersonTraits
from imu_hip.simulation.static_plan import Fault, FaultKind
from imu_hip.simulation.static_postures import amount, turned_posture

REMEMBERED_S: Final = 3600.0
"""What was done longer ago need not be played again."""

_STRAIGHT_KNEE_DEG = 15.0
_LIFTED = {"hip_flexion": 115.0, "knee_flexion": 105.0}
_STRETCH_STEP_S = 2.0
_STRETCH_TIME_CONSTANT_S = 15.0
_EASED_DEG = 5.0
_SHORTEST_BOUT_S = 10.0
_HURRIED_WAY_S = 1.2


@dataclass(frozen=True, slots=True)
class Request:
    """What the person is asked to do."""

    doing: Doing
    side: Side | None = None
    direction: Direction | None = None


@dataclass(slots=True)
class Attempt:
    """One turn or crossing of a leg; its hold has no end while the leg is held."""

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
        self.attempts: list[Attempt] = []
        self._traits = traits
        self._seed = seed
        self._mover = Mover(traits)
        self.score = self._mover.score
        self._request: Request | None = None
        self._routine: Callable[[], None] | None = None
        self._stretch: _Stretch | None = None
        self._counts: Counter[tuple[Side, Direction | None]] = Counter()
        self._bouts: Counter[Side] = Counter()
        self._of_the_body: Mapping[Doing, Callable[[], None]] = {
            Doing.STAND: self._mover.stand_up,
            Doing.SIT: self._mover.sit,
            Doing.LIE_FACE_DOWN: self._mover.lie,
            Doing.EASE_OFF: self._ease_off,
        }
        self._of_a_leg: Mapping[Doing, Callable[[Side], None]] = {
            Doing.LIE_FACE_DOWN: self._mover.lie_ready,
            Doing.STRAIGHTEN_KNEE: self._straighten,
            Doing.LIFT_KNEE: self._lift,
            Doing.BE_READY: self._mover.be_ready,
            Doing.RETURN: self._mover.be_ready,
            Doing.CROSS_LEG: self._cross,
            Doing.STRETCH: self._sink,
        }

    def extend(self, until_s: float) -> None:
        """Go on with what is done again and again."""
        while self._routine is not None and self.score.time_s <= until_s:
            self._routine()
            self.score.forget(until_s - REMEMBERED_S)

    def follow(self, request: Request, at_s: float) -> None:
        """Do something else from `at_s` on; what is being done already is not begun anew."""
        self.extend(at_s)
        if request.doing is Doing.HOLD:
            # A turned leg stays where it is without a word; what is done again and again ends.
            if self._routine is not None:
                self._break_off(at_s)
            return
        if request == self._request and self._is_busy(at_s):
            return
        self._request = request
        self._break_off(at_s)
        if self._stretch and not _goes_on_stretching(request, self._stretch.side):
            self._bouts[self._stretch.side] += at_s - self._stretch.began_s >= _SHORTEST_BOUT_S
            self._stretch = None
        self._act(request)
        self.score.forget(at_s - REMEMBERED_S)

    def _is_busy(self, at_s: float) -> bool:
        holds = bool(self.attempts) and self.attempts[-1].plateau_end_s == inf
        return holds or self._routine is not None or at_s < self.score.time_s

    def _break_off(self, at_s: float) -> None:
        self._routine = None
        if self.attempts and self.attempts[-1].plateau_end_s > at_s:
            self._let_go(self.attempts[-1], at_s)
        self.score.interrupt(at_s)

    def _let_go(self, attempt: Attempt, at_s: float) -> None:
        attempt.plateau_end_s = at_s
        attempt.end_s = at_s + self._mover.way_s(crossing=attempt.direction is None)
        if attempt.plateau_s >= at_s:
            self.attempts.pop()
            # What was not even begun is no attempt.
            self._counts[attempt.side, attempt.direction] -= attempt.start_s >= at_s

    def _act(self, request: Request) -> None:
        doing, side, direction = request.doing, request.side, request.direction
        if doing is Doing.TURN and side and direction:
            self._turn(side, direction)
        elif side and doing in self._of_a_leg:
            self._of_a_leg[doing](side)
        else:
            self._of_the_body.get(doing, self._mover.rest)()

    def _straighten(self, side: Side) -> None:
        self._swing_on({f"{side}_knee_flexion": _STRAIGHT_KNEE_DEG})

    def _lift(self, side: Side) -> None:
        self._swing_on({f"{side}_{name}": value for name, value in _LIFTED.items()})

    def _swing_on(self, targets: dict[str, float]) -> None:
        self._mover.sit()
        self._mover.settle()
        self._routine = partial(self._mover.swing, targets)

    def _turn(self, side: Side, direction: Direction) -> None:
        self._mover.be_ready(side)
        self._mover.settle()
        self._attempt(Task.PRONE if self._mover.lies else Task.SEATED, side, direction)

    def _cross(self, side: Side) -> None:
        self._mover.sit()
        self._mover.settle()
        self._attempt(Task.CROSS_LEGGED, side, None)

    def _attempt(self, task: Task, side: Side, direction: Direction | None) -> None:
        self._counts[side, direction] += 1
        number = self._counts[side, direction]
        session = self._mover.sessions[task]
        fault = session.fault_of(side, direction, number)
        hold_s = amount(fault, FaultKind.SHORT_PLATEAU)
        way_s = self._mover.way_s(crossing=direction is None)
        # The ends of a slow turn would count as a hold.
        way_s = min(way_s, _HURRIED_WAY_S) if hold_s else way_s
        peak_deg = self._peak_deg(side, direction, number)
        targets = turned_posture(session, side, direction, peak_deg, fault)
        back = {name: self.score.now(name) for name in targets}
        start_s = self.score.time_s
        self.score.ramp(targets, way_s)
        attempt = Attempt(task, side, direction, fault, start_s, self.score.time_s)
        self.attempts.append(attempt)
        if hold_s:
            self.score.hold(hold_s)
            attempt.plateau_end_s = self.score.time_s
            self.score.ramp(back, way_s)
            attempt.end_s = self.score.time_s

    def _peak_deg(self, side: Side, direction: Direction | None, number: int) -> float:
        return self._traits.peak_deg(side, direction, number, self._bouts[side], self._seed)

    def _sink(self, side: Side) -> None:
        if self._stretch is None:
            self._mover.sit()
            self._mover.settle()
            slope_deg = self._peak_deg(side, None, self._bouts[side] + 1)
            self._stretch = _Stretch(side, self.score.time_s, slope_deg)
            self.score.ramp(self._sunk(self._stretch), self._mover.way_s(crossing=True))
        self._routine = partial(self._sink_on, self._stretch)

    def _sink_on(self, stretch: _Stretch) -> None:
        left_deg = self._traits.stretch_deepens_deg - stretch.depth_deg
        stretch.depth_deg += left_deg * (1.0 - exp(-_STRETCH_STEP_S / _STRETCH_TIME_CONSTANT_S))
        self.score.ramp(self._sunk(stretch), _STRETCH_STEP_S)

    def _sunk(self, stretch: _Stretch) -> dict[str, float]:
        session, slope_deg = self._mover.sessions[Task.CROSS_LEGGED], stretch.slope_deg
        return turned_posture(session, stretch.side, None, slope_deg - stretch.depth_deg)

    def _ease_off(self) -> None:
        if self._stretch is None:
            self._mover.rest()
            return
        self._stretch.depth_deg -= _EASED_DEG
        self._mover.ramp(self._sunk(self._stretch), self._traits.ramp_s)


def _goes_on_stretching(request: Request, side: Side) -> bool:
    return request.doing in (Doing.STRETCH, Doing.EASE_OFF) and request.side in (side, None)

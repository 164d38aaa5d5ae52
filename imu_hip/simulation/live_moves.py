"""The moves from which everything is made that a simulated person does."""

from imu_hip.names import Side, Task
from imu_hip.simulation.choreography import Choreography
from imu_hip.simulation.person_traits import PersonTraits
from imu_hip.simulation.static_plan import StaticSession
from imu_hip.simulation.static_postures import (
    prone_posture,
    ready_posture,
    seated_posture,
    standing_posture,
)

_LYING_PITCH_DEG = -45.0
_SITTING_BELOW_M = 0.7
_RELAX_S = 0.4
_SWING_S = 1.1
_CROSSING_TAKES_LONGER_S = 0.7


class Mover:
    """Writes moves of the whole body; where it is told by the score itself, never kept beside it.

    Parameters
    ----------
    traits
        How fast the person moves and which postures they take.
    """

    def __init__(self, traits: PersonTraits) -> None:
        self.score = Choreography()
        self.score.begin(standing_posture(StaticSession()))
        self._traits = traits
        tasks = (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED)
        self.sessions = {task: traits.session(task) for task in tasks}

    @property
    def lies(self) -> bool:
        """Whether the person lies, or is about to."""
        return self.score.now("pitch") < _LYING_PITCH_DEG

    @property
    def sits(self) -> bool:
        """Whether the person sits, or is about to."""
        return not self.lies and self.score.now("height") < _SITTING_BELOW_M

    def way_s(self, *, crossing: bool) -> float:
        """How long the leg takes to turn or to cross."""
        usual_s = self._traits.ramp_s + (_CROSSING_TAKES_LONGER_S if crossing else 0.0)
        return usual_s / self._traits.pace

    def ramp(self, targets: dict[str, float], duration_s: float) -> None:
        """Move to targets; the time is that at pace 1."""
        self.score.ramp(targets, duration_s / self._traits.pace)

    def hold(self, duration_s: float) -> None:
        """Stay; the time is that at pace 1."""
        self.score.hold(duration_s / self._traits.pace)

    def go(self, targets: dict[str, float]) -> None:
        """Take a posture in the time that its largest change needs, none where there is none."""
        change = {name: abs(target - self.score.now(name)) for name, target in targets.items()}
        if not any(change.values()):
            return
        if change.get("pitch", 0.0) > -_LYING_PITCH_DEG:
            self.ramp(targets, 5.0)
        elif change.pop("height", 0.0) > 0.1:
            self.ramp(targets, 2.0)
        else:
            self.score.ramp(targets, self.way_s(crossing=max(change.values()) > 60.0))

    def settle(self) -> None:
        """Let everything come to rest for a moment, so that a movement begins from there."""
        wait_s = self.score.settled_s - self.score.time_s
        if wait_s > -_RELAX_S:
            self.score.hold(max(wait_s, 0.0))
            self.hold(_RELAX_S)

    def stand_up(self) -> None:
        """Stand up, leaning forward first as people do from a seat."""
        if self.sits:
            self.ramp({"pitch": -30.0}, 1.0)
        self.go(standing_posture(StaticSession()))

    def sit(self) -> None:
        """Sit with both feet on the floor."""
        self.go(seated_posture(self.sessions[Task.SEATED]))

    def lie(self) -> None:
        """Lie on the front with both legs at rest."""
        self.go(prone_posture())

    def lie_ready(self, side: Side) -> None:
        """Lie on the front with one leg as it is to be tested."""
        self.go(prone_posture() | ready_posture(self.sessions[Task.PRONE], side))

    def rest(self) -> None:
        """Rest where the body is."""
        if self.lies:
            self.lie()
        elif self.sits:
            self.sit()
        else:
            self.go(standing_posture(StaticSession()))

    def be_ready(self, side: Side) -> None:
        """Take the test posture of a leg, lying where the person lies, else seated."""
        if self.lies:
            self.lie_ready(side)
        else:
            seated = self.sessions[Task.SEATED]
            self.go(seated_posture(seated) | ready_posture(seated, side))

    def swing(self, targets: dict[str, float]) -> None:
        """Move there and back to the seat, once."""
        seated = seated_posture(self.sessions[Task.SEATED])
        for way in (targets, {name: seated[name] for name in targets}):
            self.ramp(way, _SWING_S)
            self.hold(0.3)

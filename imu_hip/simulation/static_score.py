"""The movements of a static session, written down step by step."""

from dataclasses import dataclass, field
from typing import Final

from imu_hip.names import Direction, MarkerLabel, Side, Task
from imu_hip.recording.recording import Marker
from imu_hip.simulation.choreography import Choreography
from imu_hip.simulation.static_plan import Fault, FaultKind, StaticSession
from imu_hip.simulation.static_postures import (
    LEG_CHANNELS,
    amount,
    prone_posture,
    ready_posture,
    seated_posture,
    standing_posture,
    turned_posture,
)

TEST_MARKER: Final = {
    Task.SEATED: MarkerLabel.SEATED,
    Task.PRONE: MarkerLabel.PRONE,
    Task.CROSS_LEGGED: MarkerLabel.CROSS_LEGGED,
}

_RELAX_S = 0.5


@dataclass(frozen=True, slots=True)
class Performed:
    """A repetition before its angles are known.

    Parameters
    ----------
    times_s
        Start and end, then start and end of the hold.
    """

    side: Side
    direction: Direction | None
    times_s: tuple[float, float, float, float]
    fault: Fault | None


@dataclass(slots=True)
class Score:
    """The choreography of a session with what happened when."""

    session: StaticSession
    moves: Choreography = field(default_factory=Choreography)
    markers: list[Marker] = field(default_factory=list)
    performed: list[Performed] = field(default_factory=list)

    def mark(self, label: MarkerLabel, start_s: float, side: Side | None = None) -> None:
        """Mark the time from `start_s` to where the score has been written to."""
        self.markers.append(Marker(label, start_s, self.moves.time_s, side))


def write_score(session: StaticSession) -> Score:
    """Write the movements of a session down."""
    score = Score(session)
    write_standing(score)
    _sit_down(score)
    for side in session.legs:
        _extend_knee(score, side)
    if session.task is Task.PRONE:
        _lie_down(score)
    for side in session.legs:
        _test_leg(score, side)
    score.moves.hold(2.0)
    return score


def write_standing(score: Score) -> None:
    """Begin upright and stand still."""
    session = score.session
    score.moves.begin(standing_posture(session))
    if session.stand_s > 0.0:
        score.moves.hold(session.stand_s)
        score.mark(MarkerLabel.STAND, 0.0)


def write_calibration(score: Score) -> None:
    """Sit down, straighten each knee, and stand up again."""
    standing = score.moves.posture()
    _sit_down(score)
    for side in score.session.legs:
        _extend_knee(score, side)
    score.moves.ramp(standing, 2.0)
    score.moves.hold(2.0)


def _sit_down(score: Score) -> None:
    session, moves = score.session, score.moves
    moves.ramp(seated_posture(session), 2.0)
    moves.hold(_RELAX_S)
    start_s = moves.time_s
    moves.hold(session.sit_s)
    score.mark(MarkerLabel.SIT, start_s)
    moves.hold(_RELAX_S)


def _extend_knee(score: Score, side: Side) -> None:
    session, moves = score.session, score.moves
    start_s, knee = moves.time_s, f"{side}_knee_flexion"
    moves.hold(0.3)
    for _ in range(session.knee_extensions):
        moves.ramp({knee: session.extended_knee_deg}, 1.1)
        moves.hold(0.3)
        moves.ramp({knee: session.sit_knee_flexion_deg}, 1.1)
        moves.hold(0.3)
    if session.knee_extensions:
        score.mark(MarkerLabel.KNEE_EXTENSION, start_s, side)
    moves.hold(_RELAX_S)


def _lie_down(score: Score) -> None:
    score.moves.ramp(prone_posture(), 5.0)
    score.moves.hold(2.0)


def _test_leg(score: Score, side: Side) -> None:
    session, moves = score.session, score.moves
    before = {f"{side}_{name}": moves.now(f"{side}_{name}") for name in LEG_CHANNELS}
    posture = before | ready_posture(session, side)
    posture[f"{side}_tibial_rotation"] = session.tibial_rotation_deg
    moves.ramp(posture, 1.5)
    moves.hold(_RELAX_S)
    start_s = moves.time_s
    moves.hold(_RELAX_S)
    directions: tuple[Direction | None, ...] = session.directions
    if session.task is Task.CROSS_LEGGED:
        directions = (None,)
    for direction in directions:
        for index, peak_deg in enumerate(session.legs[side].peaks_deg(direction), start=1):
            fault = session.fault_of(side, direction, index)
            _repeat(score, side, direction, peak_deg, fault)
    score.mark(TEST_MARKER[session.task], start_s, side)
    moves.hold(_RELAX_S)
    moves.ramp(before, 1.5)
    moves.hold(_RELAX_S)


def _repeat(
    score: Score, side: Side, direction: Direction | None, peak_deg: float, fault: Fault | None
) -> None:
    session, moves = score.session, score.moves
    crossing = direction is None
    targets = turned_posture(session, side, direction, peak_deg, fault)
    back = {name: moves.now(name) for name in targets}
    hold_s = max(session.plateau_s, 3.5) if crossing else session.plateau_s
    hold_s = amount(fault, FaultKind.SHORT_PLATEAU) or hold_s
    ramp_s = session.ramp_s + 0.7 if crossing else session.ramp_s
    start_s = moves.time_s
    moves.ramp(targets, ramp_s)
    plateau_s = moves.time_s
    moves.hold(hold_s)
    plateau_end_s = moves.time_s
    moves.ramp(back, ramp_s)
    times_s = (start_s, moves.time_s, plateau_s, plateau_end_s)
    score.performed.append(Performed(side, direction, times_s, fault))
    moves.hold(session.rest_s)

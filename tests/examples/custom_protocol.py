"""Rehearse a protocol of one's own: what is said, in which order, and how long it takes.

python custom_protocol.py [PROTOCOL]

PROTOCOL is a TOML file, or the name of a protocol that comes along. Nobody and no sensor is needed:
a person who does all that is asked is played in a moment. Then

    imu-hip test ANNA --protocol clinic_protocol.toml

leads somebody real through it. A faulty file is refused with every fault listed.
"""

import sys
from pathlib import Path

from imu_hip.errors import ImuHipError
from imu_hip.guidance import events
from imu_hip.guidance.plan import SessionPlan
from imu_hip.guidance.protocol_file import read_protocol
from imu_hip.guidance.session import advance, begin, view_of, watching
from imu_hip.guidance.session_state import SessionState
from imu_hip.guidance.stretch import plan_bouts
from imu_hip.guidance.view import Stage
from imu_hip.guidance.watching import WatchKind
from imu_hip.measures.repetitions import Repetition
from imu_hip.names import Doing, Side

OWN = Path(__file__).with_name("clinic_protocol.toml")
TICK_S = 0.1
TURN_DEG = 38.0


def deeds(state: SessionState, time_s: float) -> list[tuple[float, events.Event]]:
    """What a person does who is asked, as the sensors tell it: after some seconds, what."""
    seen, view = watching(state), view_of(state, time_s)
    side, direction = seen.side, seen.direction
    if view.stage is Stage.CONNECT:
        return [(5.0, events.SensorsStream())]
    if seen.kind is WatchKind.POSE:
        return [(6.0, events.PoseProgress(seen.doing, side, 1.0))]
    if seen.kind is WatchKind.CALIBRATION:
        return [(TICK_S, events.Calibrated(one, 1.0)) for one in Side]
    if seen.kind is WatchKind.POSITION:
        return [(TICK_S, events.Posture(side, ""))]
    if seen.kind is WatchKind.REPETITION and view.asked.doing in {Doing.TURN, Doing.CROSS_LEG}:
        # Half of a hold is watched before the leg is told to hold on, the other half after it.
        held_s = 2.0 * seen.hold_s
        turn = Repetition(direction, 0.0, held_s + 3.0, 1.5, held_s + 1.5, TURN_DEG, 0.0, 90.0)
        return [
            (1.0, events.MovementBegan(side, direction)),
            (1.5 + seen.hold_s, events.PlateauReached(side, direction, TURN_DEG)),
            (1.5 + seen.hold_s, events.RepetitionEnded(side, turn)),
        ]
    return [(TICK_S, events.Passed())]


def main(path: str = str(OWN)) -> None:
    protocol = read_protocol(path)
    print(protocol.title)
    bouts = () if protocol.stretch is None else plan_bouts(protocol.stretch, None)
    plan = SessionPlan(protocol, person="rehearsal", bout_sides=bouts)
    state, time_s, said = begin(plan, 0.0), 0.0, 0
    while (view := view_of(state, time_s)).stage not in {Stage.RESULT, Stage.STOPPED}:
        for seconds, deed in deeds(state, time_s):
            for event in (*[events.Passed()] * round(seconds / TICK_S), deed):
                time_s += TICK_S if isinstance(event, events.Passed) else 0.0
                state = advance(state, event, time_s)
                now = view_of(state, time_s)
                if now.cue_number != said:
                    said = now.cue_number
                    print(f"{time_s:5.0f} s  {now.cue.text}")
    counted = sum(one.counted for one in view.repetitions)
    done = f"{counted} turns counted" if not bouts else f"{len(bouts)} bouts"
    print(f"{done} in {time_s / 60:.1f} minutes")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ImuHipError as error:
        sys.exit(f"{error.what}\n{error.advice}")

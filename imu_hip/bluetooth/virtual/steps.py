"""A virtual person who moves one leg at a time, as `imu-hip assign --by moving` asks."""

from dataclasses import replace
from typing import Final

import numpy as np

from imu_hip.names import Segment, Side
from imu_hip.recording.recording import Recording, SensorStream
from imu_hip.simulation import TYPICAL, StaticSession, record
from imu_hip.simulation.static_score import Score, write_standing
from imu_hip.simulation.static_sessions import play_score

STEP_S: Final = 9.05
"""One step of the person; those who ask for it take as long and a little more."""

_REPETITIONS: Final = 3
_WAY_S: Final = 1.0
_REST_S: Final = 0.2


def steps_recording(sampling_rate_hz: float, seed: int) -> Recording:
    """Five steps from sitting on: each knee straightened, each knee lifted, then standing up."""
    score = Score(StaticSession(stand_s=1.0))
    write_standing(score)
    _sit(score)
    began_s = score.moves.time_s
    number = 0
    for side in Side:
        straight = {f"{side}_knee_flexion": 15.0}
        lifted = {f"{side}_hip_flexion": 115.0, f"{side}_knee_flexion": 105.0}
        for targets in (straight, lifted):
            _repeat(score, targets)
            number += 1
            score.moves.hold(began_s + number * STEP_S - score.moves.time_s)
    _stand_up(score)
    score.moves.hold(began_s + (number + 1) * STEP_S - score.moves.time_s)
    body = play_score(score, sampling_rate_hz, seed)
    errors = replace(TYPICAL, orientation=True)
    felt = record(body, sampling_rate_hz, errors, seed, segments=tuple(Segment), source="steps")
    streams = {segment: _from(stream, began_s) for segment, stream in felt.streams.items()}
    return replace(felt, streams=streams)


def _sit(score: Score) -> None:
    targets = {"height": 0.5}
    for side in Side:
        targets |= {f"{side}_hip_flexion": 90.0, f"{side}_knee_flexion": 90.0}
    score.moves.ramp(targets, 2.0)
    score.moves.hold(1.0)


def _repeat(score: Score, targets: dict[str, float]) -> None:
    back = {name: score.moves.now(name) for name in targets}
    score.moves.hold(0.5)
    for _ in range(_REPETITIONS):
        score.moves.ramp(targets, _WAY_S)
        score.moves.hold(_REST_S)
        score.moves.ramp(back, _WAY_S)
        score.moves.hold(_REST_S)


def _stand_up(score: Score) -> None:
    score.moves.hold(0.5)
    score.moves.ramp({"pitch": -30.0}, 1.0)
    standing = {"pitch": 0.0, "height": 0.9}
    for side in Side:
        standing |= {f"{side}_hip_flexion": 0.0, f"{side}_knee_flexion": 0.0}
    score.moves.ramp(standing, 1.5)


def _from(stream: SensorStream, start_s: float) -> SensorStream:
    first = int(np.searchsorted(stream.time_s, start_s))
    cut = {
        name: values[first:]
        for name in ("time_s", "q_earth_sensor", "acc_mps2", "gyr_dps")
        if (values := getattr(stream, name)) is not None
    }
    return replace(stream, **cut)

"""What a guided simulated person costs, beside a recording that is played."""

import time
from dataclasses import replace

import numpy as np

from imu_hip.bluetooth.virtual.movement import movements
from imu_hip.bluetooth.virtual.scenes import MOVEMENT_RATE_HZ
from imu_hip.names import Direction, Doing, Segment, Side
from imu_hip.simulation import TYPICAL, StaticSession, simulate_static_session
from imu_hip.simulation.live_person import LivePerson

Row = tuple[str, str, str]

DURATION_S = 60.0
ROUNDS = 3


def guided_person() -> list[Row]:
    """CPU time a second for five sensors that are asked for each sample by itself."""
    rows = []
    for rate_hz in (60.0, 120.0):
        person = min(_person_part(rate_hz) for _ in range(ROUNDS))
        played = min(_played_part(rate_hz) for _ in range(ROUNDS))
        what = f"guided person, five sensors at {rate_hz:.0f} Hz"
        rows.append((f"{what}: of a core", f"{100 * person:.2f} %", ""))
        extra = f"{100 * (person - played):+.2f} %"
        rows.append((f"{what}: more than a played recording", extra, "<= 5 % at 60 Hz"))
    return rows


def _played_part(rate_hz: float) -> float:
    errors = replace(TYPICAL, orientation=True)
    session = simulate_static_session(
        StaticSession(), errors, MOVEMENT_RATE_HZ, 1, pelvis_sensor=True
    )
    return _cpu_part(session.recording, rate_hz)


def _person_part(rate_hz: float) -> float:
    return _cpu_part(LivePerson(seed=1), rate_hz)


def _cpu_part(wearer, rate_hz: float) -> float:
    worn = movements(wearer)
    assert set(worn) == set(Segment)
    times_s = np.arange(0.0, DURATION_S, 1.0 / rate_hz)
    began_s = time.process_time()
    for count, at_s in enumerate(times_s):
        if isinstance(wearer, LivePerson) and count % round(3 * rate_hz) == 0:
            turns = count // round(3 * rate_hz)
            doing = Doing.RETURN if turns % 2 else Doing.TURN
            wearer.ask(doing, Side.LEFT, tuple(Direction)[turns // 2 % 2], at_s=float(at_s))
        for movement in worn.values():
            movement.at(np.array([at_s]))
    return (time.process_time() - began_s) / DURATION_S

"""How long a live block takes: five sensors, angles of both legs, and their strides."""

import itertools
import time
from dataclasses import replace

import numpy as np

from imu_hip.kinematics.calibration import CalibrationSource, LegCalibration
from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.live_chain import AngleChain
from imu_hip.kinematics.live_orientation import ImuBlock
from imu_hip.kinematics.orientation import CausalOrientation
from imu_hip.kinematics.pipeline import ChainParameters
from imu_hip.measures.live_gait import LiveGait
from imu_hip.names import Segment, Side
from imu_hip.simulation import TYPICAL, GaitPlan, simulate_run

Row = tuple[str, str, str]

BLOCK_S = 0.02
DURATION_S = 40.0
FULL_AFTER_S = 20.0
"""By then every window and buffer is as long as it gets."""

BAR_MS = 2.0
ROUNDS = 3
"""The same blocks again, and of each the quickest time: what else the computer does at that moment
is not measured."""


def block_times() -> list[Row]:
    """99th percentile and longest time of a block at three rates."""
    rows = []
    for rate_hz in (60.0, 100.0, 120.0):
        rounds_s = [_times_s(rate_hz) for _ in range(ROUNDS)]
        chain_ms, all_ms = 1e3 * np.min(rounds_s, axis=0).T
        what = f"live, five sensors at {rate_hz:.0f} Hz, blocks of 20 ms"
        rows += [
            (f"{what}: angles, p99 / longest", _figures(chain_ms), f"p99 <= {BAR_MS:.0f} ms"),
            (f"{what}: angles and strides", _figures(all_ms), f"p99 <= {BAR_MS:.0f} ms"),
        ]
    return rows


def _figures(times_ms) -> str:
    return f"{np.percentile(times_ms, 99):.2f} / {times_ms.max():.2f} ms"


def _times_s(rate_hz: float) -> list[tuple[float, float]]:
    axes = SegmentAxes(*np.eye(3))
    leg = LegCalibration(axes, axes, CalibrationSource.PROTOCOL, 0.0, 0.0)
    legs = dict.fromkeys(Side, leg)
    parameters = ChainParameters(rate_hz)
    errors = replace(TYPICAL, random_mounting=False)
    plan = GaitPlan(duration_s=DURATION_S)
    streams = simulate_run(plan, errors, rate_hz, 1, pelvis_sensor=True).recording.streams
    chain, gait = AngleChain(legs, parameters), LiveGait(legs, parameters)
    pelvis = CausalOrientation(rate_hz)
    n = len(streams[Segment.PELVIS].time_s)
    # At 60 Hz a block of 20 ms holds one sample or two.
    edges = np.round(np.arange(0.0, n / rate_hz, BLOCK_S) * rate_hz).astype(int).tolist()
    times = []
    for first, last in itertools.pairwise(edges):
        blocks = {
            segment: ImuBlock(stream.acc_mps2[first:last], stream.gyr_dps[first:last])
            for segment, stream in streams.items()
        }
        start_s = time.perf_counter()
        angles = chain.feed(blocks)
        pelvis.feed(blocks[Segment.PELVIS].acc_mps2, blocks[Segment.PELVIS].gyr_dps)
        angles_s = time.perf_counter()
        gait.feed(blocks, angles)
        times.append((angles_s - start_s, time.perf_counter() - start_s))
    return times[round(FULL_AFTER_S / BLOCK_S) :]

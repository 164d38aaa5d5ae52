"""What a plan of virtual sensors means: the movement that they feel, their links and settings."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from imu_hip.bluetooth.virtual.link import LinkSettings
from imu_hip.bluetooth.virtual.plan import GUIDED, VirtualPlan
from imu_hip.bluetooth.virtual.settings import VirtualSensorSettings
from imu_hip.bluetooth.virtual.steps import steps_recording
from imu_hip.names import Segment, Task
from imu_hip.recording.formats import open_recording
from imu_hip.recording.recording import Recording
from imu_hip.simulation import (
    TYPICAL,
    GaitPlan,
    StaticSession,
    simulate_run,
    simulate_static_session,
    simulate_walk,
)
from imu_hip.simulation.live_person import LivePerson

STEPS: Final = "steps"
"""The movement for which `imu-hip assign --by moving` asks."""

MOVEMENT_RATE_HZ: Final = 240.0
"""Fine enough for every rate at which a virtual sensor samples."""


def worn_by(plan: VirtualPlan) -> Recording | LivePerson:
    """Who wears the sensors of a plan: a person who listens, or a recording that is played.

    Raises
    ------
    RecordingError
        Where what is to be played is no recording.
    """
    if plan.play == GUIDED:
        return LivePerson(plan.person, seed=plan.seed)
    return movement_recording(plan.play, plan.seed)


def movement_recording(play: str, seed: int) -> Recording:
    """The recording that virtual sensors play.

    Parameters
    ----------
    play
        A task's name, `steps`, or a file with a recording.

    Raises
    ------
    RecordingError
        Where it is neither.
    """
    errors = replace(TYPICAL, orientation=True)
    if play in (Task.SEATED, Task.PRONE, Task.CROSS_LEGGED):
        session = StaticSession(task=Task(play), stand_s=4.5, sit_s=4.5, ramp_s=1.2)
        return simulate_static_session(session, errors, MOVEMENT_RATE_HZ, seed).recording
    if play in (Task.WALK, Task.RUN):
        simulate = simulate_walk if play == Task.WALK else simulate_run
        gait = GaitPlan(duration_s=45.0, standing_s=5.0)
        return simulate(gait, errors, MOVEMENT_RATE_HZ, seed, pelvis_sensor=True).recording
    if play == STEPS:
        return steps_recording(MOVEMENT_RATE_HZ, seed)
    return open_recording(Path(play))


def link_settings(plan: VirtualPlan) -> LinkSettings:
    """The links of a plan."""
    return LinkSettings(
        connection_interval_s=1e-3 * plan.interval_ms,
        missed_event_fraction=plan.missed,
        queue_packets=plan.queue,
        lost_fraction=plan.lost,
        seed=plan.seed,
    )


def sensor_settings(plan: VirtualPlan, segment: Segment) -> VirtualSensorSettings:
    """The sensor of a segment in a plan; neighbours drift to opposite sides."""
    index = list(Segment).index(segment)
    return VirtualSensorSettings(
        serial=f"D422CD00{index + 1:04X}",
        tag=segment.value,
        drift_ppm=plan.drift_ppm * (-1.0 if index % 2 else 1.0),
        clock_start_s=3.0 + 7.3 * index,
        battery_percent=plan.battery,
        export_rate_per_s=plan.export_per_s,
    )

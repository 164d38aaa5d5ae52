"""What a Capture2Go is told before it records: its clock and what it measures.

Source: Capture2Go Communication Protocol, "Offline Measurement (Recording) of Full Data".
"""

import re
from typing import Final

from imu_hip.bluetooth.drivers.capture2go_exchange import Exchange
from imu_hip.bluetooth.drivers.capture2go_packages import RATE_CODES, MeasurementMode, SyncMode
from imu_hip.bluetooth.drivers.capture2go_replies import Status
from imu_hip.bluetooth.drivers.dialogue import Dialogue
from imu_hip.bluetooth.drivers.on_sensor import RecorderRefusedError, RecordingPlan

CLOCK_IS_RIGHT_WITHIN_S: Final = 3600.0
"""A clock that was not set counts from 0. Starting all sensors of a plan may take minutes."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def check_plan(plan: RecordingPlan) -> None:
    """Refuse a plan that no sensor of this kind can follow.

    Raises
    ------
    RecorderRefusedError
        Saying what is wrong.
    """
    if plan.sampling_rate_hz not in RATE_CODES:
        raise RecorderRefusedError(f"it cannot record at {plan.sampling_rate_hz:g} Hz")
    if not _NAME.fullmatch(plan.name):
        raise RecorderRefusedError(
            f"'{plan.name}' is no file name of 1 to 64 characters A-Z a-z 0-9 _ -"
        )
    if plan.duration_s is not None and not plan.duration_s > 0:
        raise RecorderRefusedError("a recording has to last longer than 0 s")


def settle_clock(
    exchange: Exchange, status: Status, present: MeasurementMode, plan: RecordingPlan
) -> Dialogue[SyncMode]:
    """Set the time of day where that is right, and say which part the sensor goes on playing.

    Raises
    ------
    RecorderRefusedError
        Where it follows a clock that has no time of day yet, which would jump later.
    """
    ahead_s = status.clock_ns * 1e-9 - plan.started_utc_s
    has_time = abs(ahead_s) <= CLOCK_IS_RIGHT_WITHIN_S
    if present.sync_mode == SyncMode.RECEIVER and status.synchronized:
        if not has_time:
            raise RecorderRefusedError(
                "the sensor whose clock it follows has no time of day yet, so that one has to "
                "start first"
            )
        return SyncMode.RECEIVER
    leads = present.sync_mode == SyncMode.SENDER
    # Others may be recording by this clock already: once right, it is not moved again.
    if not (leads and has_time):
        yield from exchange.set_time(plan.started_utc_s * 1_000_000_000)
    return SyncMode.SENDER if leads else SyncMode.NONE


def recording_mode(
    plan: RecordingPlan, present: MeasurementMode, part: SyncMode
) -> MeasurementMode:
    """Raw samples without magnetic field, in packages of eight."""
    return MeasurementMode(
        full_packed=RATE_CODES[plan.sampling_rate_hz],
        status_interval_s=1,
        sync_mode=part,
        sync_id=present.sync_id if part is not SyncMode.NONE else 0,
        no_mag_data=True,
    )

"""Simulated legs with perfectly known alignment, for properties of the whole chain."""

from types import SimpleNamespace

import numpy as np
import pytest

from imu_hip.kinematics.calibration import CalibrationSource, LegCalibration
from imu_hip.kinematics.gravity import SegmentAxes
from imu_hip.kinematics.quaternion import conjugate, matrix
from imu_hip.names import SHIN, THIGH, Side
from imu_hip.simulation import (
    GaitPlan,
    SensorErrors,
    StaticSession,
    simulate_run,
    simulate_static_session,
)

ERRORS = SensorErrors(
    random_mounting=True,
    gyr_bias_dps=0.3,
    acc_offset_mps2=0.02,
    gyr_noise_dps=0.1,
    acc_noise_mps2=0.02,
    thigh_skin_gain=0.6,
)


def _with_alignment(session):
    """The recording, the truth, and the legs' true alignment from the recording's log."""
    mountings = session.recording.log[0].details["q_segment_sensor"]

    def axes(segment):
        x, y, z = matrix(conjugate(np.array(mountings[segment.value]))).T
        return SegmentAxes(x=x, y=y, z=z)

    legs = {
        side: LegCalibration(
            axes(THIGH[side]), axes(SHIN[side]), CalibrationSource.PROTOCOL, 0.0, 0.0
        )
        for side in Side
    }
    return SimpleNamespace(recording=session.recording, truth=session.truth, legs=legs)


@pytest.fixture(scope="session")
def aligned_run():
    plan = GaitPlan(duration_s=14.0, standing_s=4.0)
    return _with_alignment(simulate_run(plan, ERRORS, 60.0, seed=11))


@pytest.fixture(scope="session")
def aligned_seated():
    return _with_alignment(simulate_static_session(StaticSession(), ERRORS, 60.0, seed=12))

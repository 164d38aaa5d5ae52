"""All of a segment's directions at once are those found one by one."""

import numpy as np
import pytest

from imu_hip.kinematics.gravity import (
    SegmentAxes,
    axis_in_earth,
    segment_in_earth,
    up_in_segment,
)


@pytest.mark.parametrize("seed", range(5))
def test_axes_and_up_agree_with_the_single_ones(seed):
    rng = np.random.default_rng(seed)
    q = rng.normal(size=(50, 4))
    q /= np.linalg.norm(q, axis=1, keepdims=True)
    axes = SegmentAxes.from_y_and_z(*rng.normal(size=(2, 3)))
    segment = segment_in_earth(q, axes)
    assert segment.y == pytest.approx(axis_in_earth(q, axes.y), abs=1e-12)
    assert segment.z == pytest.approx(axis_in_earth(q, axes.z), abs=1e-12)
    assert segment.up == pytest.approx(up_in_segment(q, axes), abs=1e-12)


def test_a_missing_sample_stays_missing():
    q = np.array([[1.0, 0.0, 0.0, 0.0], [np.nan] * 4])
    segment = segment_in_earth(q, SegmentAxes.from_y_and_z(np.eye(3)[1], np.eye(3)[2]))
    for direction in (segment.y, segment.z, segment.up):
        assert np.isfinite(direction[0]).all()
        assert np.isnan(direction[1]).all()

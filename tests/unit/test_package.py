"""What `import imu_hip` offers, loaded when it is used."""

import pytest

import imu_hip


@pytest.mark.parametrize("name", imu_hip.__all__)
def test_every_name_that_is_offered_exists(name):
    assert getattr(imu_hip, name) is not None
    assert name in dir(imu_hip)


def test_another_name_is_no_attribute():
    with pytest.raises(AttributeError, match="'imu_hip' has no attribute 'analyse_run'"):
        imu_hip.analyse_run  # noqa: B018

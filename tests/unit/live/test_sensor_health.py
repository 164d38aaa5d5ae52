"""How sensors do, in words, and which fell silent."""

from dataclasses import replace

import pytest

from imu_hip.bluetooth.capture import Captured
from imu_hip.bluetooth.drivers.driver import Battery
from imu_hip.bluetooth.sensor_link import LinkState
from imu_hip.bluetooth.status import SensorStatus
from imu_hip.guidance.events import SensorBack, SensorLost
from imu_hip.live.presence import Presence
from imu_hip.live.sensor_health import fit_remarks, health_of
from imu_hip.names import Segment

THIGH, SHIN = Segment.LEFT_THIGH, Segment.LEFT_SHIN
GOOD = SensorStatus(
    segment=THIGH,
    tag="left thigh",
    state=LinkState.STREAMING.words,
    problem="",
    rate_hz=60.0,
    kept=600,
    lost=0,
    lost_percent=0.0,
    own_lost=0,
    duplicates=0,
    backward=0,
    reboots=0,
    gap_max_s=0.0,
    latency_p95_ms=20.0,
    battery=Battery(80),
    reconnects=0,
    skipped=0,
    clipped=0,
)


def test_a_good_sensor_needs_no_remark():
    assert fit_remarks([GOOD], [60.0]) == ()
    (health,) = health_of([GOOD])
    assert health.streams
    assert health.battery_percent == 80


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"battery": Battery(14)}, "has little battery left: charge soon"),
        ({"rate_hz": 53.0}, "sends too few samples: bring the computer nearer"),
        ({"lost_percent": 6.4}, "loses samples: bring the computer nearer"),
    ],
)
def test_what_should_be_mended_is_told_with_what_to_do(change, told):
    (remark,) = fit_remarks([replace(GOOD, **change)], [60.0])
    assert remark.startswith("The left thigh sensor ")
    assert told in remark


def test_sensors_with_the_same_fault_share_a_sentence():
    slow = [replace(GOOD, segment=segment, rate_hz=40.0) for segment in (THIGH, SHIN)]
    (remark,) = fit_remarks(slow, [60.0, 60.0])
    assert remark.startswith("The left thigh and left shin sensors send too few samples: ")


@pytest.mark.parametrize(
    "change",
    [
        # 15 % is not below 15 %, and a sensor at the charger is being seen to.
        {"battery": Battery(15)},
        {"battery": Battery(3, charging=True)},
        {"battery": None},
        # 54 of 60 is nine tenths, no less.
        {"rate_hz": 54.0},
        {"lost_percent": None},
    ],
)
def test_what_is_good_enough_is_not_told(change):
    assert fit_remarks([replace(GOOD, **change)], [60.0]) == ()


def heard(*segments):
    return Captured({one: [object()] if one in segments else [] for one in (THIGH, SHIN)}, ())


def test_a_sensor_is_lost_after_a_second_and_back_at_once():
    presence = Presence((THIGH, SHIN), 10.0)
    assert presence.update(heard(THIGH, SHIN), 10.1) == []
    assert presence.update(heard(THIGH), 11.1) == []
    assert presence.update(heard(THIGH), 11.2) == [SensorLost(SHIN)]
    assert presence.update(heard(THIGH), 15.0) == []
    assert presence.update(heard(THIGH, SHIN), 15.1) == [SensorBack(SHIN)]


def test_a_sensor_that_never_sent_is_lost_too():
    presence = Presence((THIGH, SHIN), 10.0)
    assert presence.update(heard(SHIN), 11.5) == [SensorLost(THIGH)]

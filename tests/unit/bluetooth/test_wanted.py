"""Which sensor sits where: by what is remembered of it, else by its tag."""

from types import SimpleNamespace

import pytest

from imu_hip.bluetooth.discovery import Found
from imu_hip.bluetooth.drivers.driver import Advertised, Battery, Identity
from imu_hip.bluetooth.errors import AmbiguousSensorsError
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.bluetooth.wanted import Roster, Wanted, missing_error, raise_if_ambiguous
from imu_hip.names import Segment

LEFT, RIGHT = Segment.LEFT_THIGH, Segment.RIGHT_THIGH


def sensor(serial, tag="", name="IMU", address="AA:BB", charge=70):
    device = SimpleNamespace(address=address)
    found = Found(device, SimpleNamespace(model="Fake"), Advertised(name), -55, 0)
    return KnownSensor(found, Identity("Fake", serial, tag), Battery(charge))


def test_a_remembered_serial_goes_before_the_tag():
    wanted = Wanted(frozenset({LEFT, RIGHT}), {"1": RIGHT})
    assert wanted.segment_of(sensor("1", "left_thigh")) is RIGHT


def test_a_tag_does_not_take_a_segment_that_another_sensor_is_remembered_for():
    wanted = Wanted(frozenset({LEFT}), {"1": LEFT})
    assert wanted.segment_of(sensor("2", "left_thigh")) is None


def test_a_tag_or_else_the_advertised_name_tells_the_segment():
    wanted = Wanted(frozenset({LEFT}))
    assert wanted.segment_of(sensor("1", "left_thigh")) is LEFT
    assert wanted.segment_of(sensor("1", "", "r_femur")) is RIGHT
    assert wanted.segment_of(sensor("1", "Xsens DOT")) is None


def test_a_sensor_without_a_serial_is_remembered_by_the_address_that_the_host_knows():
    wanted = Wanted(frozenset({LEFT}), {"AA:BB": LEFT})
    assert wanted.segment_of(sensor("", "", "WT901")) is LEFT


def test_only_wanted_segments_are_filled():
    wanted = Wanted(frozenset({LEFT}))
    placed = wanted.placed([sensor("1", "left_thigh"), sensor("2", "right_thigh")])
    assert {segment: [s.serial for s in found] for segment, found in placed.items()} == {
        LEFT: ["1"]
    }


def test_no_tag_decides_where_all_wanted_are_remembered():
    assert Wanted(frozenset({LEFT}), {"1": LEFT, "2": RIGHT}).by_serial_only
    assert not Wanted(frozenset({LEFT, RIGHT}), {"1": LEFT}).by_serial_only


def test_two_for_one_segment_are_named():
    with pytest.raises(AmbiguousSensorsError, match=r"left thigh.*serial 1.*serial 2"):
        raise_if_ambiguous({LEFT: [sensor("1"), sensor("2")]})


def test_what_is_missing_and_what_was_seen_is_listed():
    silent = sensor("?", name="Xsens DOT", address="CC:DD").found
    roster = Roster((sensor("7", "spare"),), ((silent, "it did not answer"),), 12)
    said = missing_error([LEFT, RIGHT], roster, 20.0)
    assert said.what == (
        "No sensor for the left thigh and the right thigh was found in 20 s. Seen: 'spare' "
        "(serial 7, -55 dBm, battery 70 %); 'Xsens DOT' at CC:DD (it did not answer); "
        "12 other Bluetooth devices."
    )
    assert "imu-hip assign" in said.advice


def test_an_empty_air_is_called_so():
    assert "nothing at all" in missing_error([LEFT], Roster((), (), 0), 20.0).what

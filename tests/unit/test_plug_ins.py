"""What other packages add: found, checked, and blamed by name where it cannot be used."""

import sys

import pytest

from imu_hip.bluetooth.drivers.registry import DRIVERS, driver_named, known_drivers
from imu_hip.plug_ins import PlugInError
from imu_hip.recording.formats.registry import FORMATS, known_formats
from tests.plugged_in import plug_in


@pytest.fixture
def added(tmp_path, monkeypatch):
    """A function that adds `THING` of a module with the given text to a group."""

    def add(group, text):
        plug_in(tmp_path, monkeypatch, group, "mine", "mine_of_tests:THING")
        (tmp_path / "mine_of_tests.py").write_text(text, encoding="utf-8")
        monkeypatch.delitem(sys.modules, "mine_of_tests", raising=False)

    return add


def test_without_other_packages_there_are_only_our_own():
    assert known_drivers() == DRIVERS
    assert tuple(known_formats()) == FORMATS


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("THING = 3", "it is no driver, as it lacks name, model"),
        ("raise RuntimeError('no radio')", "RuntimeError: no radio"),
        ("", "AttributeError"),
        (
            "from imu_hip.bluetooth.drivers.witmotion import WitMotion as THING",
            "there is a driver 'witmotion' already",
        ),
    ],
)
def test_a_driver_that_cannot_be_used_names_its_package(added, text, reason):
    added("imu_hip.drivers", text)
    with pytest.raises(PlugInError, match="'mine', which clinic-tools adds") as caught:
        driver_named("dot")
    assert reason in caught.value.what
    assert caught.value.advice == (
        "Correct mine_of_tests:THING in clinic-tools, or uninstall clinic-tools."
    )


def test_a_format_that_is_none_names_its_package(added):
    added("imu_hip.formats", "THING = print")
    with pytest.raises(PlugInError, match=r"clinic-tools adds to imu_hip.*: it is no Format"):
        list(known_formats())


def test_what_another_package_adds_comes_after_our_own(added):
    added(
        "imu_hip.formats",
        "from imu_hip.recording.formats.registry import Format\n"
        "THING = Format('mine', 'all that is', lambda path: True, None)",
    )
    *own, last = known_formats()
    assert tuple(own) == FORMATS
    assert last.name == "mine"

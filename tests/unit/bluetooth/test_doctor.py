"""The doctor: what each operating system's facts mean, and that the facts are gathered right."""

from dataclasses import replace
from pathlib import Path

import pytest

from imu_hip.bluetooth.doctor import examine, problems
from imu_hip.bluetooth.finding import State
from imu_hip.bluetooth.scan_attempt import Radio, ScanOutcome
from imu_hip.bluetooth.surroundings import (
    Folder,
    LinuxFacts,
    RadioBlock,
    Surroundings,
)

FAILED = ScanOutcome(None, "Bluetooth is switched off.", "Switch it on.")
WORKS = ScanOutcome(4)
LINUX = LinuxFacts(adapters=("hci0",), bluez_version="5.66")
HEALTHY = Surroundings(
    system="Linux",
    release=(6, 1, 0),
    python=(3, 12, 1),
    libraries={"bleak": "3.1.0", "bleak-retry-connector": "4.7.1", "bumble": "0.0.236"},
    backend="bluez_dbus",
    scan=WORKS,
    folder=Folder(Path("here"), writable=True, free_bytes=50_000_000_000),
    clock_s=1_800_000_000.0,
    installed_s=1_790_000_000.0,
    linux=LINUX,
)
MAC = replace(HEALTHY, system="Darwin", release=(14, 2), backend="core_bluetooth", linux=None)
WINDOWS = replace(HEALTHY, system="Windows", release=(10, 0, 22631), backend="win_rt", linux=None)


def findings(surroundings, title):
    return [finding for finding in examine(surroundings) if finding.title == title]


def states(surroundings):
    return {finding.title: finding.state for finding in examine(surroundings)}


@pytest.mark.parametrize("healthy", [HEALTHY, MAC, WINDOWS], ids=lambda s: s.system)
def test_a_healthy_computer_has_no_problem(healthy):
    assert {finding.state for finding in examine(healthy)} == {State.OK}
    assert problems(examine(healthy)) == ()
    (scan,) = findings(healthy, "Scan")
    assert "4 devices" in scan.what
    (bleak,) = findings(healthy, "bleak")
    assert healthy.backend in bleak.what


@pytest.mark.parametrize("system", [HEALTHY, MAC, WINDOWS], ids=lambda s: s.system)
def test_a_failed_scan_prevents_recording_and_says_why(system):
    grave = problems(examine(replace(system, scan=FAILED)))
    assert [(f.what, f.advice) for f in grave if f.title == "Scan"] == [
        (FAILED.what, FAILED.advice)
    ]


def test_a_scan_that_sees_nobody_is_a_warning():
    (scan,) = findings(replace(HEALTHY, scan=ScanOutcome(0)), "Scan")
    assert scan.state is State.WARNING
    assert "button" in scan.advice


@pytest.mark.parametrize(
    ("facts", "title", "words"),
    [
        (LinuxFacts(), "Adapter", "USB adapter"),
        (replace(LINUX, has_bus=False), "D-Bus", "bluez"),
        (replace(LINUX, daemon_runs=False), "Service", "systemctl enable --now bluetooth"),
        (replace(LINUX, enclosure="WSL"), "WSL", "in Windows itself"),
        (LinuxFacts(enclosure="container", has_bus=False), "Container", "system_bus_socket"),
        (
            replace(LINUX, blocks=(RadioBlock("hci0", soft=True, hard=False),)),
            "Radio switch",
            "rfkill unblock bluetooth",
        ),
        (
            replace(LINUX, blocks=(RadioBlock("hci0", soft=True, hard=True),)),
            "Radio switch",
            "flight mode",
        ),
    ],
)
def test_what_stands_in_the_way_on_linux_is_named(facts, title, words):
    grave = problems(examine(replace(HEALTHY, scan=FAILED, linux=facts)))
    (finding,) = [finding for finding in grave if finding.title == title]
    assert words in finding.advice
    # One cause and the failed scan itself: no advice that does not help.
    assert [f.title for f in grave] == [title, "Scan"]


@pytest.mark.parametrize(
    "facts",
    [
        LinuxFacts(),
        LinuxFacts(enclosure="container", daemon_runs=False),
        replace(LINUX, blocks=(RadioBlock("hci1", soft=True, hard=False),)),
        replace(LINUX, has_bus=False),
    ],
)
def test_where_scanning_works_nothing_on_linux_is_a_problem(facts):
    assert problems(examine(replace(HEALTHY, linux=facts))) == ()


def test_in_a_container_the_scan_does_not_advise_to_start_a_service():
    facts = LinuxFacts(enclosure="container")
    (scan,) = findings(replace(HEALTHY, scan=FAILED, linux=facts), "Scan")
    assert scan.advice == "See what is said of the container above."


@pytest.mark.parametrize(
    ("version", "state"),
    [("5.54", State.WARNING), ("5.55", State.OK), ("5.9", State.WARNING), ("6.0", State.OK)],
)
def test_an_old_bluez_is_a_warning(version, state):
    assert states(replace(HEALTHY, linux=replace(LINUX, bluez_version=version)))["BlueZ"] is state


@pytest.mark.parametrize(
    ("interval_ms", "state", "advised"),
    [(7.5, State.OK, False), (30.0, State.OK, True), (50.0, State.WARNING, True)],
)
def test_a_long_connection_interval_is_told(interval_ms, state, advised):
    facts = replace(LINUX, shortest_interval_ms={"hci0": interval_ms})
    (finding,) = findings(replace(HEALTHY, linux=facts), "Connection interval")
    assert finding.state is state
    assert ("conn_min_interval" in finding.advice) == advised


@pytest.mark.parametrize(
    ("release", "state"),
    [
        ((10, 14, 6), State.PROBLEM),
        ((10, 15, 7), State.OK),
        ((11, 7), State.OK),
        ((12, 0, 1), State.PROBLEM),
        ((12, 2), State.PROBLEM),
        ((12, 3), State.OK),
        ((15,), State.OK),
    ],
)
def test_versions_of_macos_are_judged(release, state):
    assert states(replace(MAC, release=release))["System"] is state


def test_macos_permission_is_ok_only_where_the_scan_worked():
    assert states(MAC)["Permission"] is State.OK
    assert "Permission" not in states(replace(MAC, scan=FAILED))


@pytest.mark.parametrize(
    ("release", "state"),
    [
        ((6, 3, 9600), State.PROBLEM),
        ((10, 0, 15063), State.PROBLEM),
        ((10, 0, 16299), State.WARNING),
        ((10, 0, 19041), State.OK),
        ((), State.PROBLEM),
    ],
)
def test_versions_of_windows_are_judged(release, state):
    assert states(replace(WINDOWS, release=release))["System"] is state


@pytest.mark.parametrize(
    ("radios", "scan", "state", "words"),
    [
        ((Radio("Intel", on=True),), WORKS, State.OK, "Intel"),
        ((Radio("Intel", on=False),), FAILED, State.PROBLEM, "switched off"),
        ((Radio("Intel", on=True), Radio("USB", on=True)), WORKS, State.WARNING, "Intel, USB"),
    ],
)
def test_radios_of_windows_are_judged(radios, scan, state, words):
    (finding,) = findings(replace(WINDOWS, scan=replace(scan, radios=radios)), "Adapter")
    assert finding.state is state
    assert words in finding.what


@pytest.mark.parametrize(
    ("version", "state"),
    [
        (None, State.PROBLEM),
        ("3.0.2", State.WARNING),
        ("3.1.0", State.OK),
        ("3.10", State.OK),
        ("4.0.0", State.WARNING),
    ],
)
def test_versions_of_the_libraries_are_judged(version, state):
    libraries = {**HEALTHY.libraries, "bleak": version}
    present = {name: text for name, text in libraries.items() if text}
    assert states(replace(HEALTHY, libraries=present))["bleak"] is state


@pytest.mark.parametrize(
    ("changes", "title", "state"),
    [
        ({"python": (3, 10, 9)}, "Python", State.PROBLEM),
        ({"backend": ""}, "Back-end", State.PROBLEM),
        ({"folder": Folder(Path("x"), writable=False, free_bytes=0)}, "Data folder", "problem"),
        ({"folder": Folder(Path("x"), True, 50_000_000)}, "Data folder", State.PROBLEM),
        ({"folder": Folder(Path("x"), True, 500_000_000)}, "Data folder", State.WARNING),
        ({"clock_s": 0.0}, "Clock", State.WARNING),
        ({"libraries": {}}, "Virtual sensors", State.OK),
    ],
)
def test_what_every_system_needs_is_judged(changes, title, state):
    (finding,) = findings(replace(HEALTHY, **changes), title)
    assert finding.state == state
    assert finding.advice


def test_an_unknown_system_is_still_examined():
    unknown = replace(HEALTHY, system="Plan9", backend="", scan=FAILED, linux=None)
    assert {f.title for f in problems(examine(unknown))} == {"Back-end", "Scan"}


def test_every_warning_and_problem_says_what_to_do():
    bad = replace(HEALTHY, scan=FAILED, clock_s=0.0, libraries={}, backend="")
    for sick in (bad, replace(bad, system="Darwin"), replace(bad, system="Windows", release=())):
        assert all(f.advice for f in examine(sick) if f.state is not State.OK)

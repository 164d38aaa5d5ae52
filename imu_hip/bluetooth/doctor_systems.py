"""What the facts of each operating system mean; pure judgement."""

from collections.abc import Iterator
from typing import Final

from imu_hip.bluetooth.finding import Finding, State
from imu_hip.bluetooth.scan_attempt import ScanOutcome
from imu_hip.bluetooth.surroundings import LinuxFacts, Surroundings

OLDEST_BLUEZ: Final = (5, 55)
OLDEST_MACOS: Final = (10, 15)
OLDEST_WINDOWS_BUILD: Final = 16299
"""Windows 10 version 1709: like the two above, the oldest that bleak supports."""

USUAL_WINDOWS_BUILD: Final = 19041
"""Windows 10 version 2004; what is older is no longer updated."""

USUAL_INTERVAL_MS: Final = 30.0
"""What Linux asks for where nobody changed it."""


def linux_findings(surroundings: Surroundings) -> Iterator[Finding]:
    """Findings of Linux: what stands between this program and the radio."""
    facts, grave = surroundings.linux, _grave(surroundings.scan)
    if facts is None:
        return
    fails = surroundings.scan.devices is None
    if facts.adapters:
        yield Finding("Adapter", State.OK, f"Linux shows {', '.join(facts.adapters)}.")
    if fails and facts.enclosure:
        # What is missing is missing in here only; the advice for a whole computer would mislead.
        yield _enclosure(facts.enclosure)
    elif fails and not facts.has_bus:
        yield Finding(
            "D-Bus",
            State.PROBLEM,
            "There is no D-Bus system bus, through which programs reach Bluetooth.",
            "Install the packages 'dbus' and 'bluez' and restart the computer.",
        )
    elif fails and not facts.adapters:
        yield Finding(
            "Adapter",
            State.PROBLEM,
            "Linux shows no Bluetooth adapter.",
            "Plug in a USB adapter for Bluetooth 4.0 or newer, or enable the built-in one in the "
            "firmware setup. `sudo dmesg | grep -i bluetooth` shows whether a driver is missing.",
        )
    elif fails and not facts.daemon_runs:
        yield Finding(
            "Service",
            State.PROBLEM,
            "The Bluetooth service bluetoothd does not run.",
            "Install the package 'bluez' and run `sudo systemctl enable --now bluetooth`.",
        )
    yield from _blocks(facts, grave)
    yield from _bluez(facts)
    yield from _intervals(facts)


def macos_findings(surroundings: Surroundings) -> Iterator[Finding]:
    """Findings of macOS."""
    release = surroundings.release
    name = "macOS " + ".".join(map(str, release))
    if release < OLDEST_MACOS:
        yield Finding("System", State.PROBLEM, f"{name} is too old.", "Update to 10.15 or newer.")
    elif (12, 0) <= release < (12, 3):
        # bleak's documentation, "No devices found when scanning on macOS 12".
        yield Finding(
            "System",
            State.PROBLEM,
            f"{name} has an error that hides all sensors from programs in a terminal.",
            "Update to 12.3 or newer in System Settings > General > Software Update.",
        )
    else:
        yield Finding("System", State.OK, f"{name}.")
    if surroundings.scan.devices is not None:
        yield Finding("Permission", State.OK, "This terminal may use Bluetooth.")
    yield Finding(
        "Addresses",
        State.OK,
        "macOS hides the addresses of sensors; they are known by their serials and tags.",
    )


def windows_findings(surroundings: Surroundings) -> Iterator[Finding]:
    """Findings of Windows."""
    build = surroundings.release[2] if len(surroundings.release) > 2 else 0
    name = f"Windows build {build}"
    update = "Update in Settings > Windows Update."
    if build < OLDEST_WINDOWS_BUILD:
        what = f"{name} is older than Windows 10 version 1709."
        yield Finding("System", State.PROBLEM, what, update)
    elif build < USUAL_WINDOWS_BUILD:
        what = f"{name} is older than Windows 10 version 2004."
        yield Finding("System", State.WARNING, what, update)
    else:
        yield Finding("System", State.OK, f"{name}.")
    yield from _radios(surroundings.scan)


def _grave(scan: ScanOutcome) -> State:
    """What stands in the way is a problem only where scanning fails."""
    return State.PROBLEM if scan.devices is None else State.WARNING


def _enclosure(enclosure: str) -> Finding:
    if enclosure == "WSL":
        return Finding(
            "WSL",
            State.PROBLEM,
            "The Windows Subsystem for Linux has no Bluetooth.",
            "Install Python and imu-hip in Windows itself and run it there.",
        )
    return Finding(
        "Container",
        State.PROBLEM,
        "This is a container, which does not see the computer's Bluetooth.",
        "Run imu-hip outside it, or start it with "
        "`-v /run/dbus/system_bus_socket:/run/dbus/system_bus_socket`.",
    )


def _blocks(facts: LinuxFacts, grave: State) -> Iterator[Finding]:
    for block in facts.blocks:
        if block.hard:
            yield Finding(
                "Radio switch",
                grave,
                f"A switch or key of the computer turns {block.name} off.",
                "Use the switch or the key for flight mode, or the firmware setup.",
            )
        elif block.soft:
            yield Finding(
                "Radio switch",
                grave,
                f"The system has switched {block.name} off.",
                "Run `rfkill unblock bluetooth` and then `bluetoothctl power on`.",
            )


def _bluez(facts: LinuxFacts) -> Iterator[Finding]:
    if not facts.bluez_version:
        return
    version = tuple(int(number) for number in facts.bluez_version.split("."))
    if version < OLDEST_BLUEZ:
        yield Finding(
            "BlueZ",
            State.WARNING,
            f"BlueZ {facts.bluez_version} is older than 5.55.",
            "Update the package 'bluez' or the distribution.",
        )
    else:
        yield Finding("BlueZ", State.OK, f"BlueZ {facts.bluez_version}.")


def _intervals(facts: LinuxFacts) -> Iterator[Finding]:
    for adapter, interval_ms in facts.shortest_interval_ms.items():
        what = f"{adapter} asks sensors for an interval of {interval_ms:g} ms or more."
        slow = interval_ms > USUAL_INTERVAL_MS
        place = f"/sys/kernel/debug/bluetooth/{adapter}/conn_min_interval"
        yield Finding(
            "Connection interval",
            State.WARNING if slow else State.OK,
            what,
            f"If samples are lost, run `echo 6 | sudo tee {place}` and connect again."
            if interval_ms > 7.5
            else "",
        )


def _radios(scan: ScanOutcome) -> Iterator[Finding]:
    names = ", ".join(radio.name for radio in scan.radios)
    if len(scan.radios) > 1:
        yield Finding(
            "Adapter",
            State.WARNING,
            f"There are several Bluetooth adapters ({names}), of which Windows uses one.",
            "Disable all but the best in the Device Manager.",
        )
    elif scan.radios and not scan.radios[0].on:
        yield Finding(
            "Adapter",
            _grave(scan),
            f"{names} is switched off.",
            "Switch it on in Settings > Bluetooth & devices.",
        )
    elif scan.radios:
        yield Finding("Adapter", State.OK, f"Windows shows {names}.")

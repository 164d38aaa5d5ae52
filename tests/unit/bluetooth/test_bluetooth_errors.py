"""What keeps Bluetooth from working is said in words, with what to do."""

import pytest
from bleak.exc import (
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDBusError,
    BleakError,
)

from imu_hip.bluetooth import errors
from imu_hip.bluetooth.errors import bluetooth_error

SYSTEMS = ["linux", "darwin", "win32"]


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("reason", list(BleakBluetoothNotAvailableReason))
def test_every_reason_has_a_sentence_and_advice_on_every_system(monkeypatch, system, reason):
    monkeypatch.setattr(errors.sys, "platform", system)
    said = bluetooth_error(BleakBluetoothNotAvailableError("something", reason))
    assert said.what.endswith(".")
    assert said.advice.endswith(".")
    assert "BleakBluetooth" not in str(said)


@pytest.mark.parametrize(
    ("reason", "system", "what", "advice"),
    [
        ("POWERED_OFF", "linux", "switched off", "bluetoothctl power on"),
        ("POWERED_OFF", "darwin", "switched off", "System Settings"),
        ("NO_BLUETOOTH", "win32", "no Bluetooth adapter", "Plug in"),
        ("NO_BLE_CENTRAL_ROLE", "linux", "low-energy", "Plug in"),
        ("DENIED_BY_USER", "darwin", "permission", "Privacy & Security"),
        ("DENIED_BY_SYSTEM", "linux", "permission", "group 'bluetooth'"),
    ],
)
def test_the_advice_fits_the_reason_and_the_system(monkeypatch, reason, system, what, advice):
    monkeypatch.setattr(errors.sys, "platform", system)
    given = BleakBluetoothNotAvailableReason[reason]
    said = bluetooth_error(BleakBluetoothNotAvailableError("something", given))
    assert what in said.what
    assert advice in said.advice


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("org.freedesktop.DBus.Error.AccessDenied", "permission"),
        ("org.bluez.Error.NotReady", "switched off"),
        ("org.freedesktop.DBus.Error.ServiceUnknown", "not running"),
        ("org.bluez.Error.Failed", "refused: it broke"),
    ],
)
def test_errors_of_the_linux_service_are_explained(name, what):
    assert what in bluetooth_error(BleakDBusError(name, ["it broke"])).what


def test_an_unreachable_bus_is_explained_on_linux(monkeypatch):
    monkeypatch.setattr(errors.sys, "platform", "linux")
    assert "D-Bus" in bluetooth_error(FileNotFoundError("/run/dbus/system_bus_socket")).what


def test_any_other_error_keeps_its_own_words():
    assert "the moon is full" in bluetooth_error(BleakError("the moon is full")).what

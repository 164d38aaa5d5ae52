"""What several dialogues with a Movella (Xsens) DOT ask and set."""

from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError, read, write
from imu_hip.bluetooth.drivers.movella_dot_control import (
    RECORDING_RATES_HZ,
    rate_write,
    read_device_control,
)
from imu_hip.bluetooth.drivers.movella_dot_gatt import (
    DEVICE_CONTROL,
    MEASUREMENT_CONTROL,
)


def set_output_rate(rate_hz: float) -> Dialogue[None]:
    """Set the rate of streaming and recording, where it is another one.

    A rate is locked while the sensor measures and once it is synchronised, so a right one is left
    alone, and a new one is read back.

    Raises
    ------
    DialogueError
        Where no DOT has the rate, or the sensor keeps another one.
    """
    if rate_hz not in RECORDING_RATES_HZ:
        raise DialogueError(f"a Movella DOT has no rate of {rate_hz:g} Hz")
    settings = read_device_control((yield from read(DEVICE_CONTROL)))
    if settings.output_rate_hz == rate_hz:
        return
    yield from write(DEVICE_CONTROL, rate_write(rate_hz))
    settings = read_device_control((yield from read(DEVICE_CONTROL)))
    if settings.output_rate_hz != rate_hz:
        raise DialogueError(
            f"the sensor stays at {settings.output_rate_hz} Hz instead of {rate_hz:g} Hz; it "
            "cannot change while it measures or is synchronised"
        )


def measuring_mode() -> Dialogue[int | None]:
    """Number of the payload mode that is measured now, None where none is."""
    value = yield from read(MEASUREMENT_CONTROL)
    return value[2] if len(value) >= 3 and value[0] == 1 and value[1] == 1 else None

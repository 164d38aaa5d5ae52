"""One clock for several Capture2Go: a sender, and receivers that take its time by radio.

Source: Capture2Go Communication Protocol, `DataMeasurementMode` and "Real-time Streaming of
Orientations". How far it reaches, how long it takes and how exact it is are not documented.
"""

from dataclasses import replace

from imu_hip.bluetooth.drivers.capture2go_exchange import Exchange
from imu_hip.bluetooth.drivers.capture2go_packages import SensorState, SyncMode
from imu_hip.bluetooth.drivers.dialogue import Dialogue, DialogueError, Pause
from imu_hip.bluetooth.drivers.on_sensor import SyncGroup

RESULT_CHECKS = 10
"""Once a second a receiver is asked again whether it has heard the sender."""


class Capture2GoSync:
    """The group is part of the measurement mode; the sensors stay connected.

    The root is the sender. Its clock is set where a recording starts on it, because only the
    plan of a recording knows the time of day; the receivers follow.
    """

    def time_error_s(self, duration_s: float) -> float | None:
        """The maker states nothing."""
        return None

    @property
    def settle_s(self) -> float:
        """Before it a result says nothing; undocumented, so `result` asks for longer."""
        return 2.0

    @property
    def disconnects(self) -> bool:
        """The sensors synchronise while they are connected."""
        return False

    def start(self, group: SyncGroup, own_address: str) -> Dialogue[None]:
        """Tell a sensor to send its clock, or to follow the one that is sent.

        Raises
        ------
        DialogueError
            Where the group has no root, or the sensor is recording.
        """
        if not group.root_address:
            raise DialogueError("nobody was chosen to lead the clocks")
        is_root = own_address == group.root_address
        yield from _join(SyncMode.SENDER if is_root else SyncMode.RECEIVER, group.group_id)

    def result(self) -> Dialogue[str]:
        """Empty once the sensor sends its clock or follows another's."""
        for _ in range(RESULT_CHECKS):
            if (yield from self.is_synchronised()):
                return ""
            yield Pause(1.0)
        return "it does not hear the clock of the others"

    def is_synchronised(self) -> Dialogue[bool]:
        """Whether the sensor says that its clock is one with the others'."""
        return (yield from Exchange().status()).synchronized

    def stop(self) -> Dialogue[None]:
        """Leave the group."""
        yield from _join(SyncMode.NONE, 0)


def _join(part: SyncMode, group_id: int) -> Dialogue[None]:
    exchange = Exchange()
    if (yield from exchange.status()).state == SensorState.RECORDING:
        raise DialogueError("it is recording, and its clock must not change now")
    # The group is a part of the mode; all else in it stays.
    mode = yield from exchange.mode()
    yield from exchange.set_mode(replace(mode, apply_ns=0, sync_mode=part, sync_id=group_id))

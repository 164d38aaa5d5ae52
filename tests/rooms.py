"""A room with virtual sensors, and the computer's side of it."""

from imu_hip.bluetooth.backends import Backends
from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.drivers.registry import DRIVERS
from imu_hip.bluetooth.roster import find_wanted
from imu_hip.bluetooth.stream_choice import place
from imu_hip.bluetooth.visit import Worn
from imu_hip.bluetooth.wanted import Wanted


class Room:
    """A world that is open, and who looks for its sensors."""

    def __init__(self, world):
        self.world = world
        self.central = Central(Backends(world.backends.scanner, world.backends.client))

    async def wear(self, *segments):
        """Find the sensors of segments."""
        wanted = Wanted(frozenset(segments), self.world.assigned)
        found = await find_wanted(self.central, DRIVERS, wanted)
        return [Worn(segment, found[segment]) for segment in segments]

    async def place(self, *segments, sampling_rate_hz=None):
        """Find the sensors of segments and choose what they stream."""
        return [
            place(worn.segment, worn.sensor, sampling_rate_hz)
            for worn in await self.wear(*segments)
        ]

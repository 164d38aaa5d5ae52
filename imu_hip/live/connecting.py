"""The beginning of a session: its sensors are found, told apart, and stream."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from imu_hip.bluetooth.capture import Capture, Placed
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.stream_choice import place
from imu_hip.bluetooth.visit import Worn
from imu_hip.errors import ImuHipError
from imu_hip.guidance.events import SensorsFailed, SensorsUnknown
from imu_hip.live.air import Air, remember
from imu_hip.live.guide import Guide
from imu_hip.live.worn_sensors import UnplacedSensorsError, find_worn, tell_by_movement
from imu_hip.names import Segment


class Connecting:
    """Connects to the sensors of a session, as often as the person wants it tried.

    Parameters
    ----------
    segments
        Those that need a sensor.
    assignments
        The file in which sensors are remembered that had to be told by movement.
    """

    def __init__(
        self, air: Air, guide: Guide, segments: Sequence[Segment], assignments: Path
    ) -> None:
        self.problem: ImuHipError | None = None
        """Why the sensors cannot be used, while they cannot."""
        self._air = air
        self._guide = guide
        self._segments = segments
        self._assignments = assignments
        self._again = asyncio.Event()

    def try_again(self) -> None:
        """Look for the sensors once more."""
        self._again.set()

    async def streaming(self, opened: AsyncExitStack) -> tuple[Capture, list[Placed]]:
        """Let all sensors stream until the stack is closed.

        It gives up only by being cancelled: what is wrong is told to the session, and tried again
        on the person's word.
        """
        while True:
            try:
                placed = [place(worn.segment, worn.sensor) for worn in await self._worn()]
                capture = await opened.enter_async_context(Capture(self._air.central, placed))
            except ImuHipError as error:
                self.problem = error
            except DialogueError as error:
                self.problem = ImuHipError(
                    f"A sensor did not do what was asked: {error.what}.",
                    "Switch it off and on again.",
                )
            else:
                self.problem = None
                return capture, placed
            self._again.clear()
            self._guide.tell(SensorsFailed(str(self.problem)))
            await self._again.wait()
            self.problem = None

    async def _worn(self) -> tuple[Worn, ...]:
        try:
            return await find_worn(self._air, self._segments)
        except UnplacedSensorsError as error:
            self._guide.tell(SensorsUnknown(error.what))
            found = await tell_by_movement(self._air, error.sensors, self._guide)
            await asyncio.to_thread(remember, found, self._assignments)
            return tuple(Worn(segment, sensor) for segment, sensor in found.items())

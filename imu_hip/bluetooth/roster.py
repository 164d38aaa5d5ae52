"""Finding the sensors of a person among everything that advertises."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from time import perf_counter_ns
from typing import Final

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.discovery import Found, discover
from imu_hip.bluetooth.drivers.dialogue import DialogueError
from imu_hip.bluetooth.drivers.driver import Driver
from imu_hip.bluetooth.errors import LinkLostError
from imu_hip.bluetooth.meeting import KnownSensor, meet
from imu_hip.bluetooth.patience import Patience
from imu_hip.bluetooth.wanted import Roster, Wanted, missing_error, raise_if_ambiguous
from imu_hip.names import Segment

DEADLINE_S: Final = 18.0

SCAN_S: Final = 4.0
"""Sensors advertise once a second or more often."""

SETTLE_S: Final = 1.0
"""So long a scan goes on after it has seen enough, where tags decide: a second sensor with the
same tag has to be noticed."""


async def find_wanted(
    central: Central,
    drivers: Sequence[Driver],
    wanted: Wanted,
    deadline_s: float = DEADLINE_S,
    patience: Patience | None = None,
) -> dict[Segment, KnownSensor]:
    """Find the sensor of each wanted segment, in the order of the segments' names.

    Raises
    ------
    AmbiguousSensorsError
        Where two sensors claim one segment.
    SensorsMissingError
        Where a segment has none in time; it lists what was seen.
    BluetoothError
        Where Bluetooth is off, missing or not allowed.
    """
    search = _Search(central, drivers, patience or Patience())
    try:
        async with asyncio.timeout(deadline_s):
            await search.until_complete(wanted)
    except TimeoutError:
        pass
    places = wanted.placed(search.known)
    raise_if_ambiguous(places)
    missing = [segment for segment in Segment if segment in places and not places[segment]]
    if missing:
        raise missing_error(missing, search.roster, deadline_s)
    return {segment: places[segment][0] for segment in Segment if segment in places}


async def meet_all(
    central: Central,
    drivers: Sequence[Driver],
    scan_s: float = SCAN_S,
    deadline_s: float = DEADLINE_S,
    patience: Patience | None = None,
) -> Roster:
    """Meet every sensor on the air, one at a time.

    Raises
    ------
    BluetoothError
        Where Bluetooth is off, missing or not allowed.
    """
    search = _Search(central, drivers, patience or Patience())
    try:
        async with asyncio.timeout(deadline_s):
            await search.scan(scan_s, enough=None)
            await search.meet_new()
    except TimeoutError:
        pass
    return search.roster


class _Search:
    """One scan after the other until everybody was met who is wanted."""

    def __init__(self, central: Central, drivers: Sequence[Driver], patience: Patience) -> None:
        self.known: list[KnownSensor] = []
        self._central = central
        self._drivers = drivers
        self._patience = patience
        self._new: deque[Found] = deque()
        self._silent: dict[str, tuple[Found, str]] = {}
        self._strangers = 0

    @property
    def roster(self) -> Roster:
        waiting = tuple((found, "there was no time to ask it") for found in self._new)
        return Roster(tuple(self.known), (*self._silent.values(), *waiting), self._strangers)

    async def until_complete(self, wanted: Wanted) -> None:
        """Scan and meet until every wanted segment has a sensor; it never gives up."""
        while True:
            places = wanted.placed(self.known)
            missing = sum(not sensors for sensors in places.values())
            await self.scan(SCAN_S, missing, 0.0 if wanted.by_serial_only else SETTLE_S)
            await self.meet_new(wanted if wanted.by_serial_only else None)
            if self._is_complete(wanted):
                return
            await self._meet_silent(wanted)
            if self._is_complete(wanted):
                return

    async def scan(self, duration_s: float, enough: int | None, settle_s: float = 0.0) -> None:
        """Scan for devices that were not met yet.

        Parameters
        ----------
        enough
            End `settle_s` after so many were seen; None scans for the whole duration.
        """
        met = {sensor.found.address for sensor in self.known} | self._silent.keys()
        enough_since_ns: list[int] = []

        def is_enough(found: Mapping[str, Found]) -> bool:
            if enough is None or len(found.keys() - met) < enough:
                return False
            now_ns = perf_counter_ns()
            enough_since_ns.append(now_ns)
            return now_ns - enough_since_ns[0] >= 1e9 * settle_s

        discovery = await discover(self._central, self._drivers, duration_s, is_enough)
        self._strangers = max(self._strangers, discovery.strangers)
        new = [found for address, found in discovery.found.items() if address not in met]
        # The nearest first: those far away may belong to somebody else.
        self._new.extend(sorted(new, key=lambda found: -found.rssi_dbm))

    async def meet_new(self, wanted: Wanted | None = None) -> None:
        """Meet those who were not met yet; where `wanted`, only until it is complete."""
        while self._new and not (wanted is not None and self._is_complete(wanted)):
            found = self._new[0]
            await self._meet(found, self._patience.first_meeting_s)
            self._new.popleft()

    async def _meet_silent(self, wanted: Wanted) -> None:
        for found, _ in list(self._silent.values()):
            await self._meet(found, self._patience.connect_s)
            if self._is_complete(wanted):
                return

    async def _meet(self, found: Found, timeout_s: float) -> None:
        try:
            self.known.append(await meet(self._central, found, timeout_s))
        except (LinkLostError, DialogueError) as error:
            self._silent[found.address] = (found, error.what.rstrip("."))
        else:
            self._silent.pop(found.address, None)

    def _is_complete(self, wanted: Wanted) -> bool:
        return all(wanted.placed(self.known).values())

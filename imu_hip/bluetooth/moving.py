"""How the sensors on the air turn, for telling which is which."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from time import perf_counter
from types import TracebackType
from typing import Final, Self

import numpy as np

from imu_hip.bluetooth.capture import Capture, Captured
from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.meeting import KnownSensor
from imu_hip.bluetooth.stream_choice import place
from imu_hip.bluetooth.turning import (
    StepMotion,
    Turning,
    turning_from_gyr,
    turning_from_orientation,
)
from imu_hip.errors import ImuHipError
from imu_hip.names import Segment

TAKE_S: Final = 0.1

MOVING_S: Final = 9.0
"""Three slow movements fit in it."""


class MovingSensors:
    """Streams from sensors whose segments are not known yet; an asynchronous context.

    Raises
    ------
    ImuHipError
        Where there are more sensors than segments.
    """

    def __init__(self, central: Central, sensors: Sequence[KnownSensor]) -> None:
        if len(sensors) > len(Segment):
            names = ", ".join(sensor.words for sensor in sensors)
            raise ImuHipError(
                f"There are {len(sensors)} sensors nearby: {names}.",
                f"Leave on only those that are worn, {len(Segment)} at most.",
            )
        # A capture wants segments; here they are mere labels of the sensors.
        self._serials = {
            segment: sensor.serial for segment, sensor in zip(Segment, sensors, strict=False)
        }
        self._capture = Capture(
            central,
            [place(segment, sensor) for segment, sensor in zip(Segment, sensors, strict=False)],
        )
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._open.enter_async_context(self._capture)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    async def during(self, duration_s: float) -> StepMotion:
        """How all sensors turn from now on for some time."""
        self._capture.take()
        start_s = perf_counter()
        taken: list[Captured] = []
        while perf_counter() - start_s < duration_s:
            await asyncio.sleep(TAKE_S)
            taken.append(self._capture.take())
        turning = {serial: _turning(segment, taken) for segment, serial in self._serials.items()}
        return StepMotion(start_s, start_s + duration_s, turning)


def _turning(segment: Segment, taken: Sequence[Captured]) -> Turning:
    samples = [one for captured in taken for one in captured.samples[segment]]
    arrival_s = np.array([one.arrival_ns / 1e9 for one in samples])
    # Samples that arrived together are spread a little: only the amount of turning matters.
    time_s = np.maximum.accumulate(arrival_s) + 1e-6 * np.arange(len(samples))
    if not samples:
        return Turning(time_s, np.empty(0))
    gyr = [one.sample.gyr_dps for one in samples]
    if None not in gyr:
        return turning_from_gyr(time_s, np.array(gyr, dtype=np.float64))
    q = [one.sample.q_earth_sensor for one in samples]
    return turning_from_orientation(time_s, np.array(q, dtype=np.float64))

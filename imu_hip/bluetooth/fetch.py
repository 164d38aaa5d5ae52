"""Fetching stored files from sensors, over lost links and lost packets, until they are whole."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from imu_hip.bluetooth.central import Central
from imu_hip.bluetooth.conversation import Conversation
from imu_hip.bluetooth.drivers.dialogue import Keep
from imu_hip.bluetooth.drivers.on_sensor import StoredFile
from imu_hip.bluetooth.on_sensor import recorder_of
from imu_hip.bluetooth.part_file import PartFile, add_interval
from imu_hip.bluetooth.patience import Patience
from imu_hip.bluetooth.visit import Worn, persistently

PIECES_A_SAVE: Final = 500
"""Pieces that may be lost in a crash of the computer; the sensor sends them again."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a file is here.

    Parameters
    ----------
    units
        Samples or bytes that are here, whichever the sensor counts.
    expected_units
        Of the whole file, None where the sensor does not tell; an estimate where it only tells
        how long it recorded.
    """

    worn: Worn
    file: StoredFile
    units: int
    expected_units: int | None


class _Fetching:
    """Pieces of one file on their way to disk."""

    def __init__(self, part: PartFile, report: Callable[[int], None]) -> None:
        self._part = part
        self._report = report
        self._waiting: list[Keep] = []
        self._held = list(part.held)

    @property
    def held_units(self) -> int:
        return sum(end - start for start, end in self._held)

    async def keep(self, piece: Keep) -> None:
        if piece.unit_bytes != self._part.unit_bytes:
            raise ValueError("a piece is counted in other units than its file")
        self._waiting.append(piece)
        add_interval(self._held, piece.start, piece.end)
        if len(self._waiting) >= PIECES_A_SAVE:
            await self.save()

    async def save(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            await asyncio.to_thread(self._part.save, waiting)
            self._report(self._part.held_units)


async def fetch(
    central: Central,
    worn: Worn,
    file: StoredFile,
    final: Path,
    *,
    expected_units: int | None,
    report: Callable[[Progress], None],
    patience: Patience | None = None,
) -> Path:
    """Fetch one file of a sensor; what is there of an earlier attempt is not fetched again.

    Parameters
    ----------
    final
        Where the bytes go just as the sensor stored them; while some are missing, they lie beside
        it under another name. The name has to be of this one recording: a sensor may give the key
        of an erased file to another one.

    Raises
    ------
    LinkLostError
        Where the sensor stays out of reach; what came is kept.
    DialogueError
        Where the sensor cannot give the file.
    RecordingError, OutputError
        Where the file on disk is damaged, incomplete or cannot be written.
    """
    if await asyncio.to_thread(final.exists):
        return final
    recorder = recorder_of(worn)
    part = await asyncio.to_thread(PartFile, final, recorder.unit_bytes)
    fetching = _Fetching(part, lambda units: report(Progress(worn, file, units, expected_units)))

    async def errand(conversation: Conversation) -> int:
        try:
            return await conversation.run(recorder.download(file, part.held), fetching.keep)
        finally:
            await fetching.save()

    units = await persistently(central, worn, errand, lambda: fetching.held_units, patience)
    await asyncio.to_thread(part.finish, units)
    report(Progress(worn, file, units, units))
    return final

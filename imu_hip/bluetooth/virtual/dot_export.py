"""How a virtual DOT sends a recording: one sample a notification, at a steady pace."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from imu_hip.bluetooth.drivers.movella_dot_export import Records
from imu_hip.bluetooth.drivers.movella_dot_messages import (
    Channel,
    Event,
    encode_event,
)

_HEAD_BYTES: Final = 7


@dataclass(slots=True)
class Export:
    """A recording on its way out.

    Parameters
    ----------
    frames
        All notifications, shape (n, bytes).
    position
        What is sent next; one past the last frame stands for the message that all is sent.
    from_s
        True time from which on the pace counts, None where nothing is sent any more.
    """

    frames: NDArray[np.uint8]
    pace_per_s: float
    position: int = 0
    from_s: float | None = None
    sent: int = 0

    @property
    def is_over(self) -> bool:
        """Whether all was sent, as far as anybody asked for it."""
        return self.from_s is None and self.position == len(self.frames)

    def seek(self, number: int, now_s: float) -> None:
        """Go on from another sample."""
        self.position = number
        self.from_s = now_s
        self.sent = 0

    def pause(self) -> None:
        """Send nothing any more until somebody asks again."""
        self.from_s = None

    def due(self, now_s: float) -> list[bytes]:
        """Every notification that became due since the last call, in order."""
        if self.from_s is None:
            return []
        # Times since 1970 are a quarter of a microsecond apart, so a due packet may seem early.
        due = int((now_s - self.from_s) * self.pace_per_s + 1e-3) - self.sent
        count = max(0, min(due, len(self.frames) - self.position))
        values = [frame.tobytes() for frame in self.frames[self.position : self.position + count]]
        self.position += count
        self.sent += count
        if due > count:
            values.append(encode_event(Event.DATA_DONE))
            self.pause()
        return values

    def next_s(self) -> float | None:
        """True time of the next notification, None where none is planned."""
        return None if self.from_s is None else self.from_s + (self.sent + 1) / self.pace_per_s


def frames_of(records: Records) -> NDArray[np.uint8]:
    """Notifications of a whole export, shape (n, bytes), with their checksums."""
    size = records.dtype.itemsize
    frames = np.zeros((len(records), _HEAD_BYTES + size + 1), np.uint8)
    frames[:, :3] = (Channel.RECORDING, 1 + 4 + size, Event.DATA)
    frames[:, 3:7] = np.arange(len(records), dtype="<u4").view(np.uint8).reshape(-1, 4)
    frames[:, 7:-1] = np.frombuffer(records.tobytes(), np.uint8).reshape(-1, size)
    frames[:, -1] = -frames.sum(axis=1, dtype=np.uint64).astype(np.int64) & 0xFF
    return frames

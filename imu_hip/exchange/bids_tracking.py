"""One tracking system of Motion-BIDS: channels, their numbers, and what is said about them."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from imu_hip.exchange.text_rows import text_cells, text_rows
from imu_hip.kinematics.quaternion import FloatArray

if TYPE_CHECKING:
    import pyarrow as pa

NOT_AVAILABLE: Final = "n/a"
TIME_DECIMALS: Final = 6
PIECE_ROWS: Final = 20_000
CHANNEL_COLUMNS: Final = (
    "name",
    "component",
    "type",
    "tracked_point",
    "units",
    "placement",
    "reference_frame",
    "description",
    "sampling_frequency",
)
COUNTED: Final = {
    "ACCEL": "ACCELChannelCount",
    "ANGACCEL": "ANGACCELChannelCount",
    "GYRO": "GYROChannelCount",
    "JNTANG": "JNTANGChannelCount",
    "LATENCY": "LATENCYChannelCount",
    "MAGN": "MAGNChannelCount",
    "MISC": "MiscChannelCount",
    "ORNT": "ORNTChannelCount",
    "POS": "POSChannelCount",
    "VEL": "VELChannelCount",
}
"""Where the sidecar says how many channels of each type there are, also where there are none."""


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """One column of a motion file; `values` has shape (n,), NaN where nothing was measured.

    The other fields are the columns of `*_channels.tsv`, in the words of the standard.
    """

    name: str
    component: str
    type: str
    tracked_point: str
    units: str
    values: FloatArray
    sampling_frequency: float
    placement: str = NOT_AVAILABLE
    reference_frame: str = NOT_AVAILABLE
    description: str = NOT_AVAILABLE

    def row(self) -> str:
        """The channel's row of `*_channels.tsv`."""
        # Rates are numbers; all else is text already.
        cells = (getattr(self, column) for column in CHANNEL_COLUMNS)
        return "\t".join(f"{cell:g}" if isinstance(cell, float) else cell for cell in cells)

    def cells(self, part: slice) -> "pa.Array":
        """The channel's cells in some rows of the motion file."""
        # The standard wants times in whole and fractional seconds, without an exponent.
        decimals = TIME_DECIMALS if self.type == "LATENCY" else None
        return text_cells(self.values[part], NOT_AVAILABLE, decimals)


@dataclass(frozen=True, slots=True, eq=False)
class TrackingSystem:
    """Channels on one clock.

    Parameters
    ----------
    label
        The `tracksys` label.
    channels
        All of the same length.
    frames
        Reference frames that channels name, each with the keys that the standard gives it.
    details
        Keys of the sidecar besides those that follow from the channels.
    """

    label: str
    channels: tuple[Channel, ...]
    frames: Mapping[str, Mapping[str, str]]
    details: Mapping[str, Any] = field(default_factory=dict)

    def motion_tsv(self) -> Iterator[str]:
        """Numbers without a header, which the standard puts into the channels file.

        In pieces, because an hour of five sensors is a third of a gigabyte of text.
        """
        for first in range(0, len(self.channels[0].values), PIECE_ROWS):
            part = slice(first, first + PIECE_ROWS)
            rows = text_rows([channel.cells(part) for channel in self.channels])
            yield "\n".join((*rows, ""))

    def channels_tsv(self) -> str:
        """What every column of the motion file is."""
        header = "\t".join(CHANNEL_COLUMNS)
        return "\n".join((header, *(channel.row() for channel in self.channels), ""))

    def channels_json(self) -> str:
        """What the reference frames mean."""
        levels = {"Levels": dict(self.frames)}
        return as_json({"reference_frame": {"Description": "Frame of the values.", **levels}})

    def motion_json(self, task: Mapping[str, str]) -> str:
        """The sidecar of the motion file, which begins with what is said about the task."""
        # Points and counts follow from the channels, so that they cannot contradict them.
        types = Counter(channel.type for channel in self.channels)
        counts = {key: types[kind] for kind, key in COUNTED.items()}
        points = {channel.tracked_point for channel in self.channels} - {NOT_AVAILABLE}
        return as_json(
            {
                **task,
                **self.details,
                "MotionChannelCount": len(self.channels),
                "TrackedPointsCount": len(points),
                **counts,
                "MissingValues": NOT_AVAILABLE,
            }
        )


def as_json(document: Mapping[str, Any]) -> str:
    """A JSON file, readable for people."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

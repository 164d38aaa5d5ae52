"""A reader for a format of one's own, in one file: a logger that writes one line a sample.

python own_format.py FILE

The first line is `#knee-logger 1`, then lines `ms;place;ax;ay;az;gx;gy;gz` in g and degrees a
second. Every command of imu-hip reads such files once this file is installed with these lines in
its `pyproject.toml`:

    [project.entry-points."imu_hip.formats"]
    knee_logger = "own_format:FORMAT"
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from imu_hip.errors import ImuHipError, RecordingError
from imu_hip.names import GRAVITY_MPS2, Segment
from imu_hip.recording.formats.registry import Format
from imu_hip.recording.recording import Recording, SensorStream

FIRST_LINE = b"#knee-logger 1"
COLUMNS = ("ms", "place", "ax", "ay", "az", "gx", "gy", "gz")
PLACES = {
    "TL": Segment.LEFT_THIGH,
    "SL": Segment.LEFT_SHIN,
    "TR": Segment.RIGHT_THIGH,
    "SR": Segment.RIGHT_SHIN,
}


def is_ours(path: Path) -> bool:
    """Asked of every file and folder that nobody else knows, so it looks at the content only."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(FIRST_LINE)) == FIRST_LINE


def read(path: Path) -> Recording:
    """What is wrong with a file is said as one sentence, and another one says what to do."""
    try:
        table = pd.read_csv(path, sep=";", skiprows=1, names=COLUMNS)
        numbers = table[list(COLUMNS[2:])].to_numpy(np.float64)
    except ValueError as error:
        raise RecordingError(
            f"{path.name} has a line that is no sample: {error}", "Export it again."
        ) from error
    streams = {}
    for place, rows in table.groupby("place").indices.items():
        if place not in PLACES:
            raise RecordingError(
                f"{path.name} names a place {place!r}.", f"Use {', '.join(PLACES)}."
            )
        time_s = table["ms"].to_numpy()[rows] / 1000.0
        streams[PLACES[place]] = SensorStream(
            PLACES[place],
            time_s,
            sampling_rate_hz=float(1.0 / np.median(np.diff(time_s))),
            acc_mps2=numbers[rows, :3] * GRAVITY_MPS2,
            gyr_dps=numbers[rows, 3:],
        )
    return Recording(streams, source=path.name)


FORMAT = Format("knee logger", "one line a sample, first line #knee-logger 1", is_ours, read)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        for segment, stream in read(Path(sys.argv[1])).streams.items():
            print(
                f"{segment.words}: {len(stream.time_s)} samples, {stream.sampling_rate_hz:.0f} Hz"
            )
    except ImuHipError as error:
        sys.exit(f"{error.what}\n{error.advice}")

"""The angles of a recording as CSV."""

from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.analysis.results import AngleTable
from imu_hip.recording.formats.files import replacing

ANGLE_DECIMALS: Final = 3
TIME_DECIMALS: Final = 6
"""Microseconds, so that the times of a 60 Hz recording stay regular."""


def write_angles_csv(angles: AngleTable, path: Path) -> None:
    """Write `time_s` and every angle column; what was not measured is empty.

    Raises
    ------
    OutputError
        Where the file cannot be written.
    """
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    columns = {"time_s": np.round(angles.time_s, TIME_DECIMALS)} | {
        # Adding zero turns -0.0 into 0.0.
        name: np.round(values, ANGLE_DECIMALS) + 0.0
        for name, values in angles.columns.items()
    }
    arrays = {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write((",".join(columns) + "\n").encode())
        csv.write_csv(pa.table(arrays), file, csv.WriteOptions(include_header=False))

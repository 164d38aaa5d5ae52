"""Angles as a tidy CSV: one row for each time, leg and angle, units in the header."""

from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.analysis.results import AngleTable
from imu_hip.exchange.angle_columns import measured_angles
from imu_hip.recording.formats.files import replacing

COLUMNS: Final = ("time_s", "side", "angle", "value_deg")
ANGLE_DECIMALS: Final = 3
TIME_DECIMALS: Final = 6


def write_tidy_csv(angles: AngleTable, path: Path) -> None:
    """Write `time_s,side,angle,value_deg`; what was not measured has no row.

    Rows are in the order of time within each angle of each leg.

    Raises
    ------
    NothingMeasuredError
        Where no angle was measured.
    OutputError
        Where the file cannot be written.
    """
    import pyarrow as pa  # noqa: PLC0415 - only a command that writes pays for the import
    from pyarrow import csv  # noqa: PLC0415

    measured = measured_angles(angles)
    time_s = np.round(measured.time_s, TIME_DECIMALS)
    with replacing(path) as unfinished, unfinished.open("wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        # Written one angle at a time, so that hours of angles never lie in memory all at once.
        for (side, angle), values in measured.values.items():
            known = np.isfinite(values)
            count = int(known.sum())
            table = pa.table(
                {
                    "time_s": pa.array(time_s[known]),
                    "side": pa.repeat(side.value, count),
                    "angle": pa.repeat(angle.value, count),
                    "value_deg": pa.array(np.round(values[known], ANGLE_DECIMALS) + 0.0),
                }
            )
            options = csv.WriteOptions(include_header=False, quoting_style="none")
            csv.write_csv(table, file, options)

"""Every stride that counts as CSV."""

from pathlib import Path
from typing import Final

import numpy as np

from imu_hip.analysis.results import Analysis
from imu_hip.errors import NothingMeasuredError
from imu_hip.measures.gait_quantities import GaitQuantity
from imu_hip.measures.running import GaitTest
from imu_hip.recording.formats.files import replacing

DECIMALS: Final = 3


def write_strides_csv(analysis: Analysis, path: Path) -> None:
    """Write task, side, times and quantities of every stride that counts, one row each.

    Raises
    ------
    NothingMeasuredError
        Where the recording holds no strides.
    OutputError
        Where the file cannot be written.
    """
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import csv  # noqa: PLC0415

    tests = [result for result in analysis.results if isinstance(result, GaitTest)]
    if not tests:
        raise NothingMeasuredError(
            f"{analysis.recording.source or 'The recording'} holds no strides to write.",
            "Leave out --strides, or name a recording of a walk or run.",
        )
    tables = [_table(test) for test in tests]
    columns = {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}
    arrays = {name: pa.array(values, from_pandas=True) for name, values in columns.items()}
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write((",".join(columns) + "\n").encode())
        csv.write_csv(
            pa.table(arrays), file, csv.WriteOptions(include_header=False, quoting_style="none")
        )


def _table(test: GaitTest) -> dict[str, np.ndarray]:
    table = test.table
    numbers = {"strike_s": table.strike_s, "toe_off_s": table.toe_off_s, "end_s": table.end_s}
    numbers |= {quantity.column: table.values[quantity] for quantity in GaitQuantity}
    count = len(table.strike_s)
    names = {"task": np.full(count, str(test.task)), "side": np.full(count, str(test.side))}
    # Adding zero turns -0.0 into 0.0.
    return names | {name: np.round(values, DECIMALS) + 0.0 for name, values in numbers.items()}

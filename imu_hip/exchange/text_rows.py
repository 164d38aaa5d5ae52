"""Numbers as rows of text, quickly, with a word for what was not measured."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from imu_hip.kinematics.quaternion import FloatArray

if TYPE_CHECKING:
    import pyarrow as pa

_WHOLE_DIGITS = 12


def text_cells(values: FloatArray, missing: str, decimals: int | None = None) -> "pa.Array":
    """Each number in the fewest digits that tell it apart, or with a fixed number of decimals.

    Parameters
    ----------
    values
        Shape (n,).
    missing
        What is written for NaN.
    decimals
        None where small numbers may be written with an exponent.
    """
    import pyarrow as pa  # noqa: PLC0415 - only a command that writes pays for the import
    from pyarrow import compute  # noqa: PLC0415

    # Adding zero turns -0.0 into 0.0.
    numbers = pa.array(values + 0.0, from_pandas=True)
    if decimals is not None:
        numbers = compute.round(numbers, decimals)
        numbers = numbers.cast(pa.decimal128(_WHOLE_DIGITS + decimals, decimals), safe=False)
    return compute.fill_null(numbers.cast(pa.string()), missing)


def text_rows(columns: Sequence["pa.Array"]) -> list[str]:
    """Rows of tab-separated cells."""
    from pyarrow import compute  # noqa: PLC0415

    rows: list[str] = compute.binary_join_element_wise(*columns, "\t").to_pylist()
    return rows

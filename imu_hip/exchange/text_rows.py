"""Numbers as rows of text, quickly, with a word for what was not measured."""

from collections.abc import Sequence

from imu_hip.kinematics.quaternion import FloatArray


def text_rows(columns: Sequence[FloatArray], missing: str) -> list[str]:
    """Rows of tab-separated cells, each number in the fewest digits that tell it apart.

    Parameters
    ----------
    columns
        Arrays of shape (n,).
    missing
        What is written for NaN.
    """
    import pyarrow as pa  # noqa: PLC0415 - only a command that writes pays for the import
    from pyarrow import compute  # noqa: PLC0415

    # Adding zero turns -0.0 into 0.0.
    cells = [
        compute.fill_null(pa.array(values + 0.0, from_pandas=True).cast(pa.string()), missing)
        for values in columns
    ]
    rows: list[str] = compute.binary_join_element_wise(*cells, "\t").to_pylist()
    return rows

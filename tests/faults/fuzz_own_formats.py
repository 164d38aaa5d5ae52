"""Our own formats: Parquet with its footer, and journals with their header."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.parquet_metadata import METADATA_KEY
from imu_hip.recording.journal import JOURNAL_KEY, header_json
from imu_hip.recording.recover import finish
from tests.faults import fuzz_seeds as seeds
from tests.faults.fuzz_target import Target, file_named, require_possible

Run = Callable[[bytes], None]

NO_TABLE = (ValueError, TypeError, AttributeError, OverflowError, RecursionError)
"""With errors of pyarrow, what tells that JSON describes no table at all."""


def opened_as(name: str) -> Callable[[Path], Run]:
    """Open one file of a name."""
    return file_named(name, lambda path: require_possible(open_recording(path)))


def _parquet_with(folder: Path) -> Run:
    """A good table with another footer: JSON of a recording in the bytes."""
    from pyarrow import parquet  # noqa: PLC0415 (as slow as in the package)

    path = folder / "a.parquet"
    good = parquet.read_table(io.BytesIO(seeds.written_as("a.parquet")))

    def run(data: bytes) -> None:
        table = good.replace_schema_metadata({METADATA_KEY: data})
        parquet.write_table(table, path)
        require_possible(open_recording(path))

    return run


def _parquet_of_columns(folder: Path) -> Run:
    """A table with the columns that JSON names: `{name: [type, values]}`, under a good footer."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    path = folder / "a.parquet"
    footer = {METADATA_KEY: seeds.footer()}

    def run(data: bytes) -> None:
        try:
            columns = json.loads(data)
            arrays = {
                str(name): pa.array(values, getattr(pa, kind)() if kind else None)
                for name, (kind, values) in columns.items()
            }
            table = pa.table(arrays).replace_schema_metadata(footer)
            parquet.write_table(table, path, use_dictionary=False)
        except (pa.ArrowException, KeyError, *NO_TABLE):
            return
        require_possible(open_recording(path))

    return run


def _column_seeds() -> Sequence[bytes]:
    count = 6
    columns: dict[str, object] = {
        "segment": ["string", ["left_thigh", "left_shin"] * (count // 2)],
        "time_s": ["float64", [0.0, 0.0, 0.1, 0.1, 0.2, 0.2]],
    }
    for name, value in (("q_w", 1.0), ("q_x", 0.0), ("q_y", 0.0), ("q_z", 0.0)):
        columns[name] = ["float64", [value] * count]
    for name, value in (("acc_x_mps2", 0.0), ("acc_y_mps2", 0.0), ("acc_z_mps2", 9.8)):
        columns[name] = ["float32", [value] * count]
    return [json.dumps(columns).encode()]


def _journal_with(folder: Path) -> Run:
    """Good samples under another header: JSON in the bytes."""
    import pyarrow as pa  # noqa: PLC0415

    path = folder / "a.journal"
    good = pa.ipc.open_stream(io.BytesIO(seeds.journal())).read_all()

    def run(data: bytes) -> None:
        table = good.replace_schema_metadata({JOURNAL_KEY: data})
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table)
        require_possible(open_recording(path))

    return run


def _journal_of_rows(folder: Path) -> Run:
    """Rows that JSON lists, under a good header; then it is finished as `recover` does."""
    import pyarrow as pa  # noqa: PLC0415

    path, target = folder / "a.parquet.journal", folder / "a.parquet"
    schema = pa.ipc.open_stream(io.BytesIO(seeds.journal())).schema
    header = {JOURNAL_KEY: header_json(seeds.journal_header())}

    def run(data: bytes) -> None:
        try:
            rows = json.loads(data)
            table = pa.Table.from_pylist(rows, schema=schema).replace_schema_metadata(header)
        except (pa.ArrowException, *NO_TABLE):
            return
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
            writer.write_table(table)
        target.unlink(missing_ok=True)
        require_possible(finish(path, target))

    return run


def _row_seeds() -> Sequence[bytes]:
    import pyarrow as pa  # noqa: PLC0415

    table = pa.ipc.open_stream(io.BytesIO(seeds.journal())).read_all()
    rows = table.to_pylist()
    return [json.dumps(rows[:20]).encode(), json.dumps(rows[10:24]).encode()]


OWN_FORMATS = (
    Target(
        "parquet",
        lambda: [seeds.written_as("a.parquet"), seeds.written_as("a.parquet", oriented=False)],
        opened_as("a.parquet"),
        covers=("Parquet",),
    ),
    Target(
        "parquet footer",
        lambda: [seeds.footer()],
        _parquet_with,
        covers=("Parquet",),
    ),
    Target("parquet columns", _column_seeds, _parquet_of_columns, covers=("Parquet",)),
    Target(
        "journal",
        lambda: [seeds.journal(), seeds.journal(None), seeds.journal(1e-6, "radio")],
        opened_as("a.journal"),
        covers=("journal",),
    ),
    Target(
        "journal header",
        lambda: [
            header_json(seeds.journal_header()).encode(),
            header_json(seeds.journal_header(None)).encode(),
        ],
        _journal_with,
        covers=("journal",),
    ),
    Target("journal rows", _row_seeds, _journal_of_rows, covers=("journal",)),
)

"""Readers of recordings: every format, with the small files that lie beside it."""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from imu_hip.recording.formats import open_recording
from imu_hip.recording.formats.parquet_metadata import METADATA_KEY
from imu_hip.recording.formats.sidecars import read_markers, read_segment_map
from imu_hip.recording.journal import JOURNAL_KEY, header_json
from imu_hip.recording.recover import finish
from tests.faults import fuzz_seeds as seeds
from tests.faults.fuzz_target import (
    Target,
    WrongNumberError,
    packed,
    require_possible,
    unpacked,
    written,
)

Run = Callable[[bytes], None]


def _opened_as(name: str) -> Callable[[Path], Run]:
    """Open one file of a name."""

    def prepare(folder: Path) -> Run:
        def run(data: bytes) -> None:
            (folder / name).write_bytes(data)
            require_possible(open_recording(folder / name))

        return run

    return prepare


def _first_opened(folder: Path) -> Run:
    """Open the first of several files, which reads those beside it."""

    def run(data: bytes) -> None:
        paths = written(data, folder)
        if paths:
            require_possible(open_recording(paths[0]))

    return run


def _folder_opened(folder: Path) -> Run:
    """Open a folder of files."""

    def run(data: bytes) -> None:
        written(data, folder)
        require_possible(open_recording(folder))

    return run


def _zip_opened(folder: Path) -> Run:
    """Open a zip of the files, which must leave nothing beside it."""

    def run(data: bytes) -> None:
        inside = folder / "inside"
        inside.mkdir(exist_ok=True)
        (inside / "a.zip").write_bytes(_zipped(data))
        try:
            require_possible(open_recording(inside / "a.zip"))
        finally:
            if [p.name for p in folder.iterdir()] != ["inside"] or len(list(inside.iterdir())) > 1:
                raise WrongNumberError("a zip wrote something")

    return run


def _zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in unpacked(data).items():
            archive.writestr(name.replace("|", "/") or "x", content)
    return buffer.getvalue()


def _zip_bytes(compression: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in unpacked(seeds.dot_folder()).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _zip_bomb(member_bytes: int, count: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for i in range(count):
            archive.writestr(f"left_{i}.csv", bytes(member_bytes))
    return buffer.getvalue()


def _zip_seeds() -> Sequence[bytes]:
    kinds = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    return [*map(_zip_bytes, kinds), _zip_bomb(150_000_000, 2), _zip_bomb(1000, 500)]


def _parquet_with(folder: Path) -> Run:
    """A good table with another footer: JSON of a recording in the bytes."""
    import pyarrow as pa  # noqa: PLC0415 (as slow as in the package)
    from pyarrow import parquet  # noqa: PLC0415

    path = folder / "a.parquet"
    good = parquet.read_table(io.BytesIO(seeds.written_as("a.parquet")))

    def run(data: bytes) -> None:
        table = good.replace_schema_metadata({METADATA_KEY: data})
        parquet.write_table(table, path)
        require_possible(open_recording(path))

    del pa
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
        except (pa.ArrowException, ValueError, TypeError, AttributeError, OverflowError, KeyError):
            return  # no table at all
        except RecursionError:
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
        except (pa.ArrowException, ValueError, TypeError, AttributeError, OverflowError):
            return  # no table at all
        except RecursionError:
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


def _sidecar(read: Callable[[Path], object], name: str) -> Callable[[Path], Run]:
    def prepare(folder: Path) -> Run:
        def run(data: bytes) -> None:
            (folder / name).write_bytes(data)
            read(folder / name)

        return run

    return prepare


def _long_csv_seeds() -> Sequence[bytes]:
    plain = seeds.written_as("a.csv")
    german = plain.replace(b",", b";").replace(b".", b",")
    return [plain, seeds.written_as("a.csv", raw=False), german, plain.replace(b",", b"\t")]


def _mixed_folder() -> bytes:
    """A folder with recordings of two formats and what lies beside them."""
    return packed(
        {
            "a.csv": seeds.written_as("a.csv", raw=False),
            "a.markers.csv": seeds.MARKERS,
            "results.mot": b"nothing\n",
        }
    )


def _seeds_of(*made: Callable[[], bytes]) -> Callable[[], Sequence[bytes]]:
    return lambda: [make() for make in made]


READERS = (
    Target(
        "parquet",
        lambda: [seeds.written_as("a.parquet"), seeds.written_as("a.parquet", oriented=False)],
        _opened_as("a.parquet"),
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
        _opened_as("a.journal"),
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
    Target(
        "generic CSV and map",
        _seeds_of(seeds.generic_side_by_side, seeds.generic_alternating),
        _first_opened,
        covers=("generic CSV",),
    ),
    Target("sto", lambda: [seeds.written_as("a.sto")], _opened_as("a.sto"), covers=("OpenSense",)),
    Target(
        "DOT file",
        lambda: [
            seeds.dot_csv("left thigh"),
            seeds.dot_csv("left thigh", mode="increments"),
            b"sep=;\n" + seeds.dot_csv("left thigh", mode="euler").replace(b",", b";"),
        ],
        _opened_as("a.csv"),
        covers=("Movella DOT",),
    ),
    Target(
        "DOT folder",
        lambda: [seeds.dot_folder(), seeds.dot_folder("increments")],
        _folder_opened,
        covers=("Movella DOT",),
    ),
    Target("DOT zip", lambda: [seeds.dot_folder()], _zip_opened, covers=("Movella DOT",)),
    Target("zip bytes", _zip_seeds, _opened_as("a.zip"), covers=("Movella DOT",), weight=0.6),
    Target(
        "Xsens folder",
        lambda: [
            seeds.xsens_folder(),
            seeds.xsens_folder("Roll\tPitch\tYaw", "1.5\t2.5\t3.5"),
            seeds.xsens_with_xml(),
        ],
        _folder_opened,
        covers=("Xsens text",),
    ),
    Target("x-IMU3 folder", _seeds_of(seeds.ximu3_folder), _folder_opened, covers=("x-IMU3",)),
    Target("x-IMU3 zip", _seeds_of(seeds.ximu3_folder), _zip_opened, covers=("x-IMU3",)),
    Target("iSen", _seeds_of(seeds.isen), _first_opened, covers=("iSen",)),
    Target("long CSV", _long_csv_seeds, _opened_as("a.csv"), covers=("long CSV",)),
    Target("folder of recordings", _seeds_of(_mixed_folder), _folder_opened),
    Target("markers", lambda: [seeds.MARKERS], _sidecar(read_markers, "a.markers.csv")),
    Target(
        "map of sensors",
        lambda: [b"sensor,segment\nLEO,left_thigh\nother,left_shin\n"],
        _sidecar(read_segment_map, "a.segments.csv"),
    ),
)

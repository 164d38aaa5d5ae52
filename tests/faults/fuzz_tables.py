"""Tables that other tools write: angles over time, people of a cohort, values of a cohort."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from imu_hip.cohort.columns import COLUMNS
from imu_hip.cohort.finding import Found
from imu_hip.cohort.journal import Journal
from imu_hip.cohort.naming import Who
from imu_hip.cohort.people import read_people
from imu_hip.cohort.tidy import TidyRow
from imu_hip.cohort.work import Outcome
from imu_hip.exchange.angle_reading import read_angle_file
from imu_hip.report.reliability_table import values_of_table
from tests.faults.fuzz_own_formats import NO_TABLE
from tests.faults.fuzz_target import Target, WrongNumberError, file_named, scratch

Run = Callable[[bytes], None]
ROWS = 24
_LARGEST_DEG = 1e6


def _angles(path: Path) -> None:
    file = read_angle_file(path)
    if not np.isfinite(file.time_s).all() or not (np.diff(file.time_s) > 0).all():
        raise WrongNumberError("times of angles do not rise")
    for key, angle_deg in file.values.items():
        if angle_deg.shape != file.time_s.shape or np.isinf(angle_deg).any():
            raise WrongNumberError(f"{key} is not an angle at each time")
        if np.nanmax(np.abs(angle_deg), initial=0.0) > _LARGEST_DEG:
            raise WrongNumberError(f"{key} turns beyond reason")


def _mot_seeds() -> Sequence[bytes]:
    columns = ("time", "knee_angle_l", "hip_rotation_l", "hip_flexion_l", "pelvis_tilt")
    rows = [
        "\t".join(f"{value:.3f}" for value in (i / 60, 5 + i, 0.5 * i, i, 1)) for i in range(ROWS)
    ]
    head = [
        "Coordinates",
        "version=1",
        f"nRows={ROWS}",
        f"nColumns={len(columns)}",
        "inDegrees=yes",
    ]
    text = "\n".join([*head, "endheader", "\t".join(columns), *rows, ""])
    return [text.encode(), text.replace("=yes", "=no").encode()]


def _angle_csv_seeds() -> Sequence[bytes]:
    wide = ["time_s,left_knee_flexion_deg,right_hip_rotation_deg"]
    wide += [f"{i / 60:.4f},{5 + i},{-0.5 * i}" for i in range(ROWS)]
    tall = ["time_s,side,angle,value_deg"]
    tall += [
        f"{i / 60:.4f},{side},knee_flexion,{i}" for i in range(ROWS) for side in ("left", "right")
    ]
    return ["\n".join(lines).encode() for lines in (wide, tall)]


def _c3d_seeds() -> Sequence[bytes]:
    import ezc3d  # noqa: PLC0415 (an extra)

    made = ezc3d.c3d()
    made["parameters"]["POINT"]["RATE"]["value"] = [60]
    made["parameters"]["POINT"]["LABELS"]["value"] = ("LKneeAngles", "LHipAngles")
    points = np.ones((4, 2, ROWS))
    points[:3] = np.arange(ROWS) * np.array([1.0, 0.5, 0.1])[:, None, None]
    made["data"]["points"] = points
    with scratch() as folder:
        made.write(str(folder / "a.c3d"))
        return [(folder / "a.c3d").read_bytes()]


PEOPLE = (
    b"person,session,recording,sex,group\nAda,1,a/one.parquet,female,early\nBo,,b/*,male,late\n"
)


def _people(path: Path) -> None:
    people = read_people(path)
    for recording in ("a/one.parquet", "b/two.csv", "/c/d/e.zip"):
        people.matching(recording, Who("Ada", "1", "a folder"))


def _value_rows() -> list[Mapping[str, object]]:
    usual = {
        "person": "Ada", "session": "1", "recording": "a.parquet", "task": "seated",
        "side": "left", "measure": "internal", "value": 36.5, "unit": "°", "uncertainty": 1.2,
        "mdc95": 6.0, "repetitions": 3, "quality": "good", "version": "1.0",
    }  # fmt: skip
    return [
        {**usual, "person": who, "session": str(n), "side": side, "value": 30.0 + n}
        for who in ("Ada", "Bo")
        for n in (1, 2)
        for side in ("left", "right")
    ]


def _value_csv_seeds() -> Sequence[bytes]:
    lines = [",".join(COLUMNS)]
    lines += [",".join(str(row[name]) for name in COLUMNS) for row in _value_rows()]
    return ["\n".join(lines).encode()]


def _value_parquet_seeds() -> Sequence[bytes]:
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist(_value_rows()), buffer)
    return [buffer.getvalue()]


def _value_columns(folder: Path) -> Run:
    """A Parquet table of the rows that JSON lists."""
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    path = folder / "table.parquet"

    def run(data: bytes) -> None:
        try:
            parquet.write_table(pa.Table.from_pylist(json.loads(data)), path)
        except (pa.ArrowException, KeyError, *NO_TABLE):
            return
        _values(path)

    return run


def _values(path: Path) -> None:
    values, _ = values_of_table(path, None, None)
    assert all(isinstance(value.value, float) for value in values)


def _cohort_seeds() -> Sequence[bytes]:
    with scratch() as folder:
        path = folder / "cohort.journal"
        row = TidyRow("seated", "left", "internal", 36.5, "°", 1.2, 6.0, 3, "good")
        with Journal(path) as journal:
            journal.enlist([Found("a.parquet", "1"), Found("b.parquet", "2")])
            journal.keep(1, "", Outcome((row, row), "", final=True))
            journal.keep(2, "", Outcome((), "It is damaged.", final=True))
        return [path.read_bytes()]


def _cohort(folder: Path) -> Run:
    """Go on with a cohort of which the journal is damaged."""
    path = folder / "cohort.journal"

    def run(data: bytes) -> None:
        for rest in folder.iterdir():
            rest.unlink()
        path.write_bytes(data)
        with Journal(path) as journal:
            journal.enlist([Found("a.parquet", "1"), Found("c.parquet", "3")])
            list(journal.waiting("1", ""))
            list(journal.measured())
            list(journal.problems())

    return run


TABLES = (
    Target("angles in mot", _mot_seeds, file_named("a.mot", _angles)),
    Target("angles in CSV", _angle_csv_seeds, file_named("a.csv", _angles)),
    Target("angles in C3D", _c3d_seeds, file_named("a.c3d", _angles)),
    Target("people of a cohort", lambda: [PEOPLE], file_named("people.csv", _people)),
    Target("values in CSV", _value_csv_seeds, file_named("table.csv", _values)),
    Target("values in Parquet", _value_parquet_seeds, file_named("table.parquet", _values)),
    Target("values in columns", lambda: [json.dumps(_value_rows()).encode()], _value_columns),
    Target("journal of a cohort", _cohort_seeds, _cohort, weight=0.25),
)

"""The TOML map that says what the columns of any CSV file mean, validated as a whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from imu_hip.errors import RecordingError
from imu_hip.names import Segment
from imu_hip.recording.formats.files import decode, read_bytes
from imu_hip.recording.formats.toml_text import parse_toml

Three = Annotated[tuple[str, ...], Field(min_length=3, max_length=3)]
Four = Annotated[tuple[str, ...], Field(min_length=4, max_length=4)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Time(_Strict):
    """The column of time stamps."""

    column: str
    unit: Literal["s", "ms", "us", "ns"]


class Acceleration(_Strict):
    """Columns x, y, z of the specific force."""

    columns: Three
    unit: Literal["m/s2", "g"]


class AngularVelocity(_Strict):
    """Columns x, y, z of the angular velocity."""

    columns: Three
    unit: Literal["deg/s", "rad/s"]


class Orientation(_Strict):
    """Columns w, x, y, z of the orientation, sensor to earth with z up."""

    columns: Four


class MagneticField(_Strict):
    """Columns x, y, z of the magnetic field in any unit."""

    columns: Three


class Columns(_Strict):
    """What was measured, by its columns."""

    acc: Acceleration | None = None
    gyr: AngularVelocity | None = None
    quaternion: Orientation | None = None
    mag: MagneticField | None = None

    def names(self) -> Iterator[str]:
        """Every column named here."""
        for group in (self.acc, self.gyr, self.quaternion, self.mag):
            yield from group.columns if group else ()

    @property
    def is_enough(self) -> bool:
        """Whether an orientation, or acceleration with angular velocity, is there."""
        return self.quaternion is not None or (self.acc is not None and self.gyr is not None)


class SegmentColumns(Columns):
    """Columns of one segment, or its name in the segment column."""

    name: str | None = None


class GenericMap(_Strict):
    """The whole map; see the module `generic_csv`."""

    separator: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal_point: Literal[".", ","] = "."
    skip_lines: Annotated[int, Field(ge=0)] = 0
    sampling_rate_hz: Annotated[float, Field(gt=0, le=1e6)] | None = None
    time: Time | None = None
    segment_column: str | None = None
    columns: Columns | None = None
    segments: Annotated[dict[Segment, SegmentColumns], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_together(self) -> "GenericMap":
        faults = list(self._faults())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> Iterator[str]:
        if self.time is None and self.sampling_rate_hz is None:
            yield "either time or sampling_rate_hz is needed"
        if self.segment_column is not None and self.columns is None:
            yield "segment_column needs a table columns, shared by all segments"
        if self.segment_column is None and self.columns is not None:
            yield "columns needs segment_column; without it each segment names its own columns"
        for segment, given in self.segments.items():
            if self.segment_column is not None and given.name is None:
                yield f"segments.{segment} needs name, its name in {self.segment_column}"
            if not self.columns_of(segment).is_enough:
                yield f"segments.{segment} needs a quaternion, or acc and gyr"

    def columns_of(self, segment: Segment) -> Columns:
        """The columns of a segment, shared or its own."""
        if self.segment_column is not None and self.columns is not None:
            return self.columns
        return self.segments[segment]


def read_map(path: Path) -> GenericMap:
    """Read and check a map.

    Raises
    ------
    RecordingError
        Listing every fault.
    """
    advice = "Correct the map; the documentation of the generic CSV shows one."
    try:
        return GenericMap.model_validate(parse_toml(decode(read_bytes(path))))
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in fault['loc']) or 'map'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise RecordingError(f"{path.name} has these faults: {faults}.", advice) from error
    except ValueError as error:
        raise RecordingError(f"{path.name} is not readable TOML: {error}.", advice) from error

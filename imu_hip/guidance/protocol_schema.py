"""The shape of a protocol file and the limits of its numbers and texts.

Imports pydantic, so import it where a file is read only.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from imu_hip.guidance.placeholders import check_placeholders
from imu_hip.guidance.protocol import ProtocolKind
from imu_hip.names import Direction, Doing, Side


class _Strict(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False
    )


def _text(longest: int) -> object:
    return Field(min_length=1, max_length=longest)


Title = Annotated[str, _text(60)]
About = Annotated[str, _text(500)]
Rule = Annotated[str, _text(200)]
Picture = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,40}$")]
Shown = Annotated[str, _text(80), AfterValidator(check_placeholders)]
Spoken = Annotated[str, _text(300), AfterValidator(check_placeholders)]


class CueTable(_Strict):
    """What is shown and what is said."""

    text: Shown
    speech: Spoken


class MovementTable(_Strict):
    """One movement with its cues; without a direction it is crossing the leg."""

    direction: Direction | None = None
    move: CueTable
    hold: CueTable
    back: CueTable


class GatesTable(_Strict):
    """What counts as a repetition; what is left out is as in `protocol_checks.usual_gates`."""

    smallest_peak_deg: Annotated[float, Field(strict=True, ge=3.0, le=60.0)] | None = None
    plateau_within_deg: Annotated[float, Field(strict=True, ge=0.5, le=10.0)] | None = None
    plateau_speed_dps: Annotated[float, Field(strict=True, ge=1.0, le=50.0)] | None = None
    shortest_plateau_s: Annotated[float, Field(strict=True, ge=0.2, le=10.0)] | None = None
    largest_lift_deg: Annotated[float, Field(strict=True, ge=2.0, le=45.0)] | None = None
    level_within_deg: Annotated[float, Field(strict=True, ge=2.0, le=45.0)] | None = None
    knee_range_deg: (
        tuple[
            Annotated[float, Field(strict=True, ge=10.0, le=150.0)],
            Annotated[float, Field(strict=True, ge=10.0, le=150.0)],
        ]
        | None
    ) = None


class PartTable(_Strict):
    """A measured test of both legs in one position."""

    task: Literal["seated", "prone", "cross-legged"]
    picture: Picture
    position: CueTable
    movements: Annotated[tuple[MovementTable, ...], Field(min_length=1, max_length=2)]
    familiarisation: Annotated[int, Field(strict=True, ge=0, le=5)] = 1
    repetitions: Annotated[int, Field(strict=True, ge=1, le=10)] = 3
    hold_s: Annotated[float, Field(strict=True, ge=0.3, le=10.0)] = 1.5
    gates: GatesTable = GatesTable()


class StretchTable(_Strict):
    """Bouts of a stretch."""

    picture: Picture
    position: CueTable
    begin: CueTable
    deepen: CueTable
    ease_off: CueTable
    change: CueTable
    bout_s: Annotated[float, Field(strict=True, ge=10.0, le=180.0)] = 45.0
    rest_s: Annotated[float, Field(strict=True, ge=3.0, le=120.0)] = 8.0
    total_s: Annotated[float, Field(strict=True, ge=30.0, le=1800.0)] = 400.0
    restricted_ratio: Annotated[int, Field(strict=True, ge=1, le=4)] = 2
    ease_off_within_deg: Annotated[float, Field(strict=True, ge=1.0, le=20.0)] = 4.0


class ProtocolTable(_Strict):
    """A whole protocol file."""

    title: Title
    about: About
    kind: ProtocolKind
    sides: Annotated[tuple[Side, ...], Field(min_length=1, max_length=2)] = tuple(Side)
    stop_rules: Annotated[tuple[Rule, ...], Field(max_length=10)] = ()
    cues: dict[Doing, CueTable] = {}
    parts: Annotated[tuple[PartTable, ...], Field(max_length=6)] = ()
    stretch: StretchTable | None = None

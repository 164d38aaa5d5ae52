"""What the columns of other tools' angle files mean."""

import re
from dataclasses import dataclass
from typing import Final

from imu_hip.exchange.angle_columns import Angle
from imu_hip.names import Side

_SIDES: Final = {
    **dict.fromkeys(("left", "l"), Side.LEFT),
    **dict.fromkeys(("right", "r"), Side.RIGHT),
}
_ANGLES: Final = {angle.value: angle for angle in Angle} | {
    # OpenSim's coordinate of the knee.
    "knee_angle": Angle.KNEE_FLEXION,
}
_UNITS: Final = {
    **dict.fromkeys(("deg", "degree", "degrees"), False),
    **dict.fromkeys(("rad", "radian", "radians"), True),
}
SECONDS: Final = frozenset(
    ("time", "time_s", "time_sec", "time_seconds", "seconds", "t", "t_s", "times")
)
MILLISECONDS: Final = frozenset(("time_ms", "t_ms", "milliseconds"))


@dataclass(frozen=True, slots=True)
class Meaning:
    """Which angle a column holds; `in_radians` is None where its name does not say."""

    side: Side
    angle: Angle
    in_radians: bool | None

    @property
    def key(self) -> tuple[Side, Angle]:
        """Side and angle."""
        return self.side, self.angle


def folded(name: str) -> str:
    """A column name in small letters, with one underscore for whatever else it holds."""
    return re.sub(r"[^a-z0-9]+", "_", name.strip().lower()).strip("_")


def meaning_of(column: str) -> Meaning | None:
    """The angle that a column's name means; None where it means none that is known here.

    Understood are our own names (`left_hip_rotation_deg`), those of OpenSim (`hip_rotation_l`,
    `/jointset/knee_r/knee_angle_r/value`) and these with units in brackets.
    """
    # Tables of states in OpenSim name every value by its place in the model.
    path = re.fullmatch(r"/.*/([^/]+)/value", column.strip())
    words = folded(path[1] if path else column).split("_")
    in_radians = None
    if words[-1] in _UNITS:
        in_radians = _UNITS[words.pop()]
    # Ours name the side first, OpenSim last.
    for place in (0, -1):
        if len(words) > 1 and words[place] in _SIDES:
            side = _SIDES[words[place]]
            rest = words[1:] if place == 0 else words[:-1]
            angle = _ANGLES.get("_".join(rest))
            if angle is not None:
                return Meaning(side, angle, in_radians)
    return None

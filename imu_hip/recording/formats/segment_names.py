"""Which segment a file or sensor name means, in the words people and laboratories use."""

import re
from enum import Enum
from typing import Final

from imu_hip.names import SHIN, THIGH, Segment, Side

ADVICE: Final = "Rename such a file after its segment, for example left_thigh.csv."

_SIDES: Final = {
    **dict.fromkeys(("left", "lft", "lt", "l"), Side.LEFT),
    **dict.fromkeys(("right", "rgt", "rt", "r"), Side.RIGHT),
}


class _Part(Enum):
    PELVIS = "pelvis"
    HIP = "hip"
    THIGH = "thigh"
    SHIN = "shin"
    OTHER = "other"


_PARTS: Final = {
    **dict.fromkeys(("pelvis", "pelvic", "sacrum", "sacral"), _Part.PELVIS),
    **dict.fromkeys(("hip", "hips"), _Part.HIP),
    **dict.fromkeys(("thigh", "femur", "upperleg", "uleg", "ul"), _Part.THIGH),
    **dict.fromkeys(("shin", "tibia", "shank", "lowerleg", "lleg", "ll", "calf"), _Part.SHIN),
    **dict.fromkeys(("foot", "feet", "toe", "toes", "calcn", "heel", "talus"), _Part.OTHER),
    **dict.fromkeys(("torso", "trunk", "chest", "sternum", "thorax", "spine"), _Part.OTHER),
    **dict.fromkeys(("arm", "upperarm", "forearm", "humerus", "ulna", "radius"), _Part.OTHER),
    **dict.fromkeys(("hand", "wrist", "head", "neck", "shoulder", "lumbar", "back"), _Part.OTHER),
}

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_SIDE_THEN_PART = re.compile(rf"({'|'.join(_SIDES)})({'|'.join(_PARTS)})")
_PART_THEN_SIDE = re.compile(rf"({'|'.join(_PARTS)})({'|'.join(_SIDES)})")


def segment_from_name(name: str) -> Segment | None:
    """Segment that a name such as 'LFemur_2021', 'thigh_L' or 'left upper leg' means.

    None where no segment, more than one, or no side can be told.
    """
    sides, parts = _meanings(name)
    if len(parts) != 1 or len(sides) > 1:
        return None
    (part,) = parts
    if part is _Part.PELVIS or (part is _Part.HIP and not sides):
        return Segment.PELVIS
    if not sides:
        return None
    (side,) = sides
    return {_Part.THIGH: THIGH, _Part.SHIN: SHIN}.get(part, {}).get(side)


def is_other_body_part(name: str) -> bool:
    """Whether a name means a part of the body without a place here, such as 'calcn_r'."""
    return _meanings(name)[1] == {_Part.OTHER}


def _meanings(name: str) -> tuple[set[Side], set[_Part]]:
    sides: set[Side] = set()
    parts: set[_Part] = set()
    for word in _words(name):
        if word in _SIDES:
            sides.add(_SIDES[word])
        elif word in _PARTS:
            parts.add(_PARTS[word])
        elif match := _SIDE_THEN_PART.fullmatch(word):
            sides.add(_SIDES[match[1]])
            parts.add(_PARTS[match[2]])
        elif match := _PART_THEN_SIDE.fullmatch(word):
            parts.add(_PARTS[match[1]])
            sides.add(_SIDES[match[2]])
    return sides, parts


def _words(name: str) -> list[str]:
    words: list[str] = []
    for word in (found.lower() for found in _WORD.findall(name)):
        if words and words[-1] in {"upper", "lower"} and word in {"leg", "arm"}:
            words[-1] += word
        else:
            words.append(word)
    return words

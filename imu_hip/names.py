"""The words of the project: sides, segments, tasks, and the one table of signs."""

import unicodedata
from enum import StrEnum
from typing import Final


class Side(StrEnum):
    """Side of the body."""

    LEFT = "left"
    RIGHT = "right"

    @property
    def other(self) -> "Side":
        """The opposite side."""
        return Side.RIGHT if self is Side.LEFT else Side.LEFT

    @property
    def sign(self) -> int:
        """Factor that makes adduction and internal rotation positive on this side."""
        return 1 if self is Side.RIGHT else -1


class Segment(StrEnum):
    """A body segment that carries a sensor."""

    PELVIS = "pelvis"
    LEFT_THIGH = "left_thigh"
    LEFT_SHIN = "left_shin"
    RIGHT_THIGH = "right_thigh"
    RIGHT_SHIN = "right_shin"

    @property
    def words(self) -> str:
        """The name as a person reads it, such as 'left thigh'."""
        return self.value.replace("_", " ")


THIGH: Final = {Side.LEFT: Segment.LEFT_THIGH, Side.RIGHT: Segment.RIGHT_THIGH}
SHIN: Final = {Side.LEFT: Segment.LEFT_SHIN, Side.RIGHT: Segment.RIGHT_SHIN}

OPENSIM_NAME: Final = {
    Segment.PELVIS: "pelvis_imu",
    Segment.LEFT_THIGH: "femur_l_imu",
    Segment.LEFT_SHIN: "tibia_l_imu",
    Segment.RIGHT_THIGH: "femur_r_imu",
    Segment.RIGHT_SHIN: "tibia_r_imu",
}


class Task(StrEnum):
    """What a person did in a part of a recording and what is measured there."""

    SEATED = "seated"
    PRONE = "prone"
    CROSS_LEGGED = "cross-legged"
    WALK = "walk"
    RUN = "run"

    @property
    def words(self) -> str:
        """The task as a person says it, such as 'seated test'."""
        return self.value if self in {Task.WALK, Task.RUN} else f"{self.value} test"


class Doing(StrEnum):
    """What a guided person is asked to do; side and direction are said beside it."""

    STAND = "stand"
    SIT = "sit"
    LIE_FACE_DOWN = "lie_face_down"
    STRAIGHTEN_KNEE = "straighten_knee"
    LIFT_KNEE = "lift_knee"
    BE_READY = "be_ready"
    TURN = "turn"
    CROSS_LEG = "cross_leg"
    HOLD = "hold"
    RETURN = "return"
    STRETCH = "stretch"
    EASE_OFF = "ease_off"
    REST = "rest"


class MarkerLabel(StrEnum):
    """Label of a marked interval of a recording."""

    STAND = "stand"
    SIT = "sit"
    KNEE_EXTENSION = "knee_extension"
    SEATED = "seated"
    PRONE = "prone"
    CROSS_LEGGED = "cross_legged"
    STRETCH = "stretch"
    WALK = "walk"
    RUN = "run"


class Direction(StrEnum):
    """Direction of a femoral rotation."""

    INTERNAL = "internal"
    EXTERNAL = "external"

    @property
    def sign(self) -> int:
        """Factor that makes an angle positive in this direction."""
        return 1 if self is Direction.INTERNAL else -1


TURN: Final = {Direction.INTERNAL: "inward", Direction.EXTERNAL: "outward"}
"""What a hip does, as a person says it."""

FOOT: Final = {Direction.INTERNAL: "foot moves out", Direction.EXTERNAL: "foot moves in"}
"""What the foot of a bent leg does then."""


class Sex(StrEnum):
    """Sex for which norms are looked up."""

    FEMALE = "female"
    MALE = "male"


def printable(text: str) -> str:
    """A text of a sensor or a file, with question marks for what a terminal would obey.

    Control characters move the cursor, name the window or answer for the person; marks of writing
    direction (Unicode category Cf) make a text look like another one.
    """
    return "".join("?" if _is_obeyed(character) else character for character in text)


def _is_obeyed(character: str) -> bool:
    return unicodedata.category(character).startswith("C") or character in "\u2028\u2029"


GRAVITY_MPS2: Final = 9.80665
"""Standard gravity, exact by definition (CGPM 1901)."""

DEVICE_WORDING: Final = (
    "imu_hip measures limb angles from motion sensors for training and mobility self-tracking. "
    "It is not a medical device, has not been cleared or certified, and is not intended to "
    "diagnose, treat, cure or prevent any disease or injury. Angles are estimates; typical "
    "uncertainty in seated and prone tests is about ±6 to 9° between sessions, larger when "
    "running. Left-right differences smaller than this are shown as “no measurable "
    "difference”. A result does not show why motion is limited: joint, muscle, bone shape, "
    "pain or technique can all matter. Do not stretch into sharp or pinching pain; stop and see "
    "a qualified professional if you have pain, recent surgery or injury, hip replacement, "
    "osteoporosis, pregnancy-related pelvic pain, numbness, or locking."
)
RUNNING_WORDING: Final = (
    "Running rotation is experimental: skin movement hides part of true thigh rotation; only the "
    "shape and excursion are shown, never a normal/abnormal verdict."
)

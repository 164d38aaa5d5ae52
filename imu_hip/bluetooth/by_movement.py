"""Which sensor sits on which segment, told from how the sensors turn while one leg moves at a time.

Only the amount of turning is used, so any mounting works. Which leg a person moved cannot be seen
from the sensors: the steps must be done with the side that they name.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np

from imu_hip.bluetooth.turning import StepMotion, turned_deg
from imu_hip.names import Segment

MINIMUM_RATIO: Final = 2.0
"""The sensor that is told turned at least this many times as far as any other."""

RESTING_DEG: Final = 5.0
"""Least turning that sensors are compared with, so that a ratio is never a division by noise."""

_STANDING_UP_DEG: Final = 45.0


class Step(StrEnum):
    """One thing that the person does, in this order."""

    STRAIGHTEN_LEFT_KNEE = "straighten_left_knee"
    LIFT_LEFT_KNEE = "lift_left_knee"
    STRAIGHTEN_RIGHT_KNEE = "straighten_right_knee"
    LIFT_RIGHT_KNEE = "lift_right_knee"
    STAND_UP = "stand_up"

    @property
    def segment(self) -> Segment:
        """The segment whose sensor this step tells."""
        return _SEGMENT[self]

    @property
    def instruction(self) -> str:
        """What the person is asked to do."""
        side = self.segment.value.partition("_")[0]
        if self.segment in _SHIN_OF.values():
            return f"Sit still. Straighten and bend the {side} knee three times."
        if self.segment in _SHIN_OF:
            return (
                f"Sit still. Lift the {side} knee three times, foot off the floor, and let the "
                "lower leg swing."
            )
        return "Lean forward and stand up, then stand still."


_SEGMENT: Final = {
    Step.STRAIGHTEN_LEFT_KNEE: Segment.LEFT_SHIN,
    Step.LIFT_LEFT_KNEE: Segment.LEFT_THIGH,
    Step.STRAIGHTEN_RIGHT_KNEE: Segment.RIGHT_SHIN,
    Step.LIFT_RIGHT_KNEE: Segment.RIGHT_THIGH,
    Step.STAND_UP: Segment.PELVIS,
}
_SHIN_OF: Final = {
    Segment.LEFT_THIGH: Segment.LEFT_SHIN,
    Segment.RIGHT_THIGH: Segment.RIGHT_SHIN,
}


def _least_turn_deg(segment: Segment) -> float:
    """Once there and back, done carelessly: a knee by 60°, a thigh by 30°, the pelvis by 10°."""
    if segment is Segment.PELVIS:
        return 20.0
    return 60.0 if segment in _SHIN_OF else 120.0


@dataclass(frozen=True, slots=True)
class Told:
    """The sensor of a segment.

    Parameters
    ----------
    ratio
        How many times as far it turned as the next sensor; at least `MINIMUM_RATIO`.
    """

    segment: Segment
    serial: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Untold:
    """Why the sensor of a segment cannot be told, and what to do, in sentences."""

    segment: Segment
    why: str


Answer: TypeAlias = Told | Untold


def tell(step: Step, motion: StepMotion, known: Mapping[Segment, str]) -> Answer:
    """Tell the sensor of one segment from one step.

    Parameters
    ----------
    motion
        What the sensors did; all that are worn should be in it.
    known
        Serials that earlier steps told. Lifting a knee needs the shin of that side.

    Returns
    -------
    Told or Untold
        A sensor is told only where it alone turned, and where that fits what is known already.
    """
    segment = step.segment
    turned = {serial: turned_deg(motion, serial) for serial in motion.turning}
    why = _silent(turned) or _prerequisites(segment, turned, known)
    if why:
        return Untold(segment, why)
    ranked = sorted(
        ((deg, serial) for serial, deg in turned.items() if serial not in _aside(step, known)),
        reverse=True,
    )
    why = _indistinct(segment, ranked) or _contradiction(segment, ranked, turned, known)
    if why:
        return Untold(segment, why)
    return Told(segment, ranked[0][1], ranked[0][0] / _next_deg(ranked))


def tell_all(motions: Mapping[Step, StepMotion]) -> tuple[Answer, ...]:
    """Answers of all steps that were done, in their order."""
    known: dict[Segment, str] = {}
    answers: list[Answer] = []
    for step in Step:
        if step in motions:
            answer = tell(step, motions[step], known)
            answers.append(answer)
            if isinstance(answer, Told):
                known[answer.segment] = answer.serial
    return tuple(answers)


def _aside(step: Step, known: Mapping[Segment, str]) -> Set[str]:
    """Sensors that this step does not ask about: they may move."""
    if step is Step.STAND_UP:
        return set(known.values()) - {known.get(Segment.PELVIS, "")}
    return {known[shin]} if (shin := _SHIN_OF.get(step.segment)) else set()


def _next_deg(ranked: list[tuple[float, str]]) -> float:
    return max([RESTING_DEG, *(deg for deg, _ in ranked[1:])])


def _silent(turned: Mapping[str, float]) -> str:
    silent = [serial for serial, deg in turned.items() if np.isnan(deg)]
    if not silent:
        return ""
    which = "Sensors" if len(silent) > 1 else "Sensor"
    return (
        f"{which} {', '.join(silent)} sent nothing or too little. Bring the computer nearer, "
        "check the battery and repeat the step."
    )


def _prerequisites(
    segment: Segment, turned: Mapping[str, float], known: Mapping[Segment, str]
) -> str:
    shin = _SHIN_OF.get(segment)
    if shin and known.get(shin) not in turned:
        return f"The {segment.words} is told once the {shin.words} is. Straighten that knee first."
    if segment is not Segment.PELVIS:
        return ""
    # A thigh that is not known yet turns on standing up as well, and would be taken for the pelvis.
    legs = [known.get(leg) for leg in Segment if leg is not Segment.PELVIS]
    if None in legs:
        return "The pelvis is told once both thighs and both shins are. Begin with the legs."
    if max(turned.get(known[thigh], 0.0) for thigh in _SHIN_OF) < _STANDING_UP_DEG:
        return "The thighs did not turn as in standing up. Sit down, then stand up."
    return ""


def _indistinct(segment: Segment, ranked: list[tuple[float, str]]) -> str:
    if not ranked:
        return f"No sensor is left for the {segment.words}. Switch it on and begin again."
    furthest_deg, serial = ranked[0]
    if furthest_deg < _least_turn_deg(segment):
        return (
            f"No sensor turned enough: the most was {furthest_deg:.0f}°. "
            "Make the movement larger, or check that the sensors are worn and on."
        )
    if furthest_deg < MINIMUM_RATIO * _next_deg(ranked):
        return (
            f"Two sensors turned alike: {serial} by {furthest_deg:.0f}° and {ranked[1][1]} by "
            f"{ranked[1][0]:.0f}°. Keep everything else still and repeat the step."
        )
    return ""


def _contradiction(
    segment: Segment,
    ranked: list[tuple[float, str]],
    turned: Mapping[str, float],
    known: Mapping[Segment, str],
) -> str:
    serial = ranked[0][1]
    for other, its_serial in known.items():
        if its_serial == serial and other is not segment:
            return (
                f"Sensor {serial} turned most, but it sits on the {other.words}. "
                f"Move the {segment.words} and keep everything else still."
            )
    shin = _SHIN_OF.get(segment)
    # A lifted thigh takes its shin along; where another sensor went along, another leg was lifted.
    if shin and turned[known[shin]] < _next_deg(ranked):
        return (
            f"The {shin.words} did not move along. Lift the knee of that side, foot off the "
            "floor, and let the lower leg swing."
        )
    return ""

"""What a person asks of virtual sensors, written as `dot,play=walk,interval_ms=15,lost=0.01`."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any, Final

from imu_hip.bluetooth.virtual.guided_plan import GUIDED_SETTINGS, guided_person
from imu_hip.bluetooth.virtual.plan_error import VirtualPlanError
from imu_hip.names import Segment
from imu_hip.simulation.person_traits import PersonTraits

PROFILES: Final = ("dot", "capture2go", "witmotion", "open")
"""Kinds of virtual sensors, by the names of their drivers."""

GUIDED: Final = "guided"
"""The movement of a person who does what a guided session asks."""


class HappeningKind(StrEnum):
    """What can befall a virtual sensor."""

    AWAY = "away"
    REBOOT = "reboot"
    STALL = "stall"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that befalls a sensor some time after the movement began."""

    kind: HappeningKind
    segment: Segment
    at_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class VirtualPlan:
    """A set of virtual sensors on one person.

    Parameters
    ----------
    profile
        One of `PROFILES`.
    play
        What the person does: `seated`, `prone`, `cross-legged`, `walk`, `run`, `steps` (moving one
        leg at a time), `guided` (what a session asks), or a recording.
    interval_ms
        Connection interval; 0 delivers at once.
    missed, lost
        Part of the connection events that fail, and of the notifications that get lost.
    queue
        Notifications that a sensor holds back before it drops some; 0 is unbounded.
    drift_ppm
        Clocks run this much too fast and too slow by turns.
    battery
        Charge in percent at the beginning.
    strangers
        Other devices that advertise.
    export_per_s
        Notifications a second while stored data are sent.
    happenings
        From `away=`, `reboot=` and `stall=`, each `SEGMENT@START+DURATION` in seconds.
    person
        Who is guided; see `guided_plan`.
    """

    profile: str
    play: str = "seated"
    interval_ms: float = 15.0
    missed: float = 0.0
    lost: float = 0.0
    queue: int = 12
    drift_ppm: float = 20.0
    battery: float = 83.0
    strangers: int = 0
    export_per_s: float = 300.0
    seed: int = 0
    happenings: tuple[Happening, ...] = field(default=())
    person: PersonTraits = field(default_factory=PersonTraits)


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "play": str,
    "interval_ms": float,
    "missed": float,
    "lost": float,
    "queue": int,
    "drift_ppm": float,
    "battery": float,
    "strangers": int,
    "export_per_s": float,
    "seed": int,
}
_LIMITS: Final = {
    "interval_ms": (0.0, 4000.0),
    "missed": (0.0, 0.9),
    "lost": (0.0, 0.9),
    "queue": (0, 10_000),
    "drift_ppm": (-500.0, 500.0),
    "battery": (0.0, 100.0),
    "strangers": (0, 100),
    "export_per_s": (1.0, 1e6),
    "seed": (0, 2**31),
}


def parse_plan(text: str) -> VirtualPlan:
    """Read a description of virtual sensors.

    Raises
    ------
    VirtualPlanError
        Naming the first part that cannot be understood and what may stand there.
    """
    profile, *parts = [part.strip() for part in text.rstrip(", ").split(",")]
    if profile not in PROFILES:
        raise VirtualPlanError(
            f"There is no virtual sensor {profile!r}.", f"Choose one of {', '.join(PROFILES)}."
        )
    values: dict[str, Any] = {}
    happenings: list[Happening] = []
    guided: list[tuple[str, str]] = []
    for part in parts:
        key, _, value = part.partition("=")
        if key in set(HappeningKind):
            happenings.append(_happening(HappeningKind(key), value))
        elif key in values or (key != "fault" and key in dict(guided)):
            raise VirtualPlanError(
                f"The setting {key} of virtual sensors is given twice.", "Give it once."
            )
        elif key in _READ:
            values[key] = _value(key, value)
        elif key in GUIDED_SETTINGS:
            guided.append((key, value))
        else:
            known = [*(f.name for f in fields(VirtualPlan) if f.name in _READ), *GUIDED_SETTINGS]
            raise VirtualPlanError(
                f"Virtual sensors have no setting {key!r}.",
                f"The settings are {', '.join([*known, *HappeningKind])}.",
            )
    plan = replace(VirtualPlan(profile), happenings=tuple(happenings), **values)
    if guided and plan.play != GUIDED:
        raise VirtualPlanError(
            f"The setting {guided[0][0]} of virtual sensors is about a person who is guided.",
            f"Add play={GUIDED}, or leave {guided[0][0]} out.",
        )
    return replace(plan, person=guided_person(guided))


def _value(key: str, text: str) -> str | int | float:
    low, high = _LIMITS.get(key, (-math.inf, math.inf))
    try:
        value: str | int | float = _READ[key](text)
    except ValueError:
        value = math.nan
    if isinstance(value, str):
        return _movement(value)
    if not low <= value <= high:
        number = "whole number" if _READ[key] is int else "number"
        raise VirtualPlanError(
            f"The setting {key} of virtual sensors is {text!r}.",
            f"Give a {number} from {low:.12g} to {high:.12g}.",
        )
    return value


def _movement(text: str) -> str:
    # An empty path would be the current folder.
    if not text:
        raise VirtualPlanError(
            "The setting play of virtual sensors is empty.",
            "Give seated, prone, cross-legged, walk, run, steps, guided, or a recording.",
        )
    return text


def _happening(kind: HappeningKind, text: str) -> Happening:
    name, _, when = text.partition("@")
    start, _, duration = when.partition("+")
    try:
        segment, at_s, duration_s = Segment(name), float(start), float(duration)
    except ValueError:
        at_s = duration_s = math.nan
    if not (at_s >= 0.0 and 0.0 < duration_s < math.inf):
        raise VirtualPlanError(
            f"{kind}={text} does not say which sensor and when.",
            f"Write for example {kind}=left_shin@10+5: from second 10 on, for 5 seconds.",
        )
    return Happening(kind, segment, at_s, duration_s)

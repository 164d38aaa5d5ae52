"""A stretch: the plan of its bouts, the best of a bout, and when to ease off."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from imu_hip.guidance.protocol import StretchPart
from imu_hip.guidance.session_state import RunningBout
from imu_hip.names import Side

SETTLING_S: Final = 3.0
"""Taking the position is neither bouncing nor a jump."""

REMEMBERED_S: Final = 4.0
_SAMPLE_EVERY_S: Final = 0.1
_JUMP_S: Final = 0.5
_SWINGS_OF_BOUNCING: Final = 3
EASE_OFF_S: Final = 3.0
EASE_OFF_AGAIN_S: Final = 8.0


def plan_bouts(
    stretch: StretchPart, restricted: Side | None, sides: Sequence[Side] = tuple(Side)
) -> tuple[Side, ...]:
    """The leg of each bout.

    Bouts alternate; where one leg is restricted it begins, and gets `restricted_ratio` bouts for
    each of the other, as evenly spread as that allows. Whole rounds come as near to `total_s` as
    they can, with one at least.
    """
    if len(sides) == 1 or (restricted is not None and restricted not in sides):
        restricted = None
    first = restricted or sides[0]
    ratio = 1 if restricted is None else stretch.restricted_ratio
    others = (first.other,) if len(sides) > 1 else ()
    one_round = (first, *others, *(first,) * (ratio - 1))
    rounds = max(1, round(stretch.total_s / (stretch.bout_s * len(one_round))))
    return one_round * rounds


def follow(
    bout: RunningBout, time_s: float, angle_deg: float, strains: bool, within_deg: float
) -> tuple[RunningBout, bool]:
    """A bout with one more angle, and whether the person should ease off now.

    They should where they strain, bounce (swing to and fro by more than `within_deg` three times
    within seconds) or go beyond the best of the bout by more than `within_deg` at once.

    Parameters
    ----------
    angle_deg
        The stretched leg's angle; more is further.
    """
    too_soon = bool(bout.recent) and time_s - bout.recent[-1][0] < _SAMPLE_EVERY_S
    recent = bout.recent if too_soon else (*bout.recent, (time_s, angle_deg))
    recent = tuple((t, a) for t, a in recent if time_s - t <= REMEMBERED_S)
    settled = bout.elapsed_s >= SETTLING_S
    much = strains or (
        settled
        and (_bounces(recent, within_deg) or _jumps(bout, recent, time_s, angle_deg, within_deg))
    )
    best_deg = angle_deg if bout.best_deg is None else max(bout.best_deg, angle_deg)
    advised = bout.eased_s is not None and time_s - bout.eased_s < EASE_OFF_AGAIN_S
    ease_off = much and not advised
    bout = replace(bout, recent=recent, best_deg=best_deg)
    return (replace(bout, eased_s=time_s) if ease_off else bout), ease_off


def is_easing_off(bout: RunningBout, time_s: float) -> bool:
    """Whether the advice to ease off still stands."""
    return bout.eased_s is not None and time_s - bout.eased_s < EASE_OFF_S


def _bounces(recent: Sequence[tuple[float, float]], within_deg: float) -> bool:
    if not recent:
        return False
    swings, rising = 0, None
    low = high = recent[0][1]
    for _, angle_deg in recent[1:]:
        low, high = min(low, angle_deg), max(high, angle_deg)
        if rising is not True and angle_deg - low > within_deg:
            swings, rising, high = swings + 1, True, angle_deg
        elif rising is not False and high - angle_deg > within_deg:
            swings, rising, low = swings + 1, False, angle_deg
    return swings >= _SWINGS_OF_BOUNCING


def _jumps(
    bout: RunningBout,
    recent: Sequence[tuple[float, float]],
    time_s: float,
    angle_deg: float,
    within_deg: float,
) -> bool:
    if bout.best_deg is None or angle_deg < bout.best_deg:
        return False
    just_now = [a for t, a in recent if time_s - t <= _JUMP_S]
    return bool(just_now) and angle_deg - min(just_now) > within_deg

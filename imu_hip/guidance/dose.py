"""What to stretch, how often, and when to measure again."""

from typing import Final

from imu_hip.names import Side

BOUT_S: Final = (30.0, 60.0)
TIMES_A_DAY: Final = (1, 3)
"""Dose of the stretch: J. Uhan, "Joe's miracle butt stretch", iRunFar, 2019-04-09."""

RETEST_AFTER_WEEKS: Final = 4
"""Rotation gains of about 10 and 14° were seen after three months (Chamberlain 2022, MPhil thesis,
Lancaster, 32 people, no control group), and between days less than 6 to 9° cannot be told."""


def dose_sentences(side: Side | None) -> tuple[str, ...]:
    """A dose as sentences: which leg more, how long and how often, when to measure again.

    Parameters
    ----------
    side
        The leg that gets more bouts, None where none is behind.
    """
    low_s, high_s = BOUT_S
    least, most = TIMES_A_DAY
    often = (
        f"Stretch in bouts of {low_s:.0f} to {high_s:.0f} s, several minutes in all, "
        f"{_times(least)} to {_times(most)} a day."
    )
    again = (
        f"Measure again after about {RETEST_AFTER_WEEKS} weeks: same position, same time of "
        "day, before stretching. Gains come over weeks, not days."
    )
    return (_share_words(side), often, again)


def _share_words(side: Side | None) -> str:
    if side is None:
        return "Both legs in turn, the same number of bouts each."
    return f"Both legs in turn, two bouts on the {side} for each on the {side.other}."


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")

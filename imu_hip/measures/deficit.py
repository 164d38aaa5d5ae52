"""How far a range stays below the founding article's target."""

TARGET_DEG = 45.0
"""Target each way, seated or prone (J. Uhan, "Joe's miracle butt stretch", iRunFar, 2019-04-09).
An author's target, not a border between healthy and not: most athletes stay below it."""


def deficit_deg(range_deg: float) -> float:
    """Degrees missing to the target, 0 where it is reached."""
    return max(TARGET_DEG - range_deg, 0.0)

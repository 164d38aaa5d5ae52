"""How often a knee is straightened, sample by sample."""

CLEAR_EXTENSION_DEG = 40.0
"""A shin that rises by less shows its hinge badly."""

SMALLEST_SWING_DEG = 20.0


class KneeExtensions:
    """Counts how often a knee was straightened, and what was wrong with it."""

    def __init__(self) -> None:
        self.count = 0
        self.out = False
        self.too_small = False
        self.highest_deg = 0.0
        self._valley_deg = 180.0
        self._top_deg = 0.0

    def step(self, shin_deg: float) -> None:
        """Take the next angle of the shin from where it was in standing."""
        self.highest_deg = max(self.highest_deg, shin_deg)
        if not self.out:
            self._valley_deg = min(self._valley_deg, shin_deg)
            if shin_deg > self._valley_deg + SMALLEST_SWING_DEG:
                self.out, self._top_deg = True, shin_deg
            return
        self._top_deg = max(self._top_deg, shin_deg)
        if shin_deg < self._top_deg - SMALLEST_SWING_DEG:
            self.too_small = self._top_deg < CLEAR_EXTENSION_DEG
            self.count += not self.too_small
            self.out, self._valley_deg = False, shin_deg

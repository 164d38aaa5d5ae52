"""Times of the samples of a sensor that has no clock, as they arrive."""

import math
from dataclasses import dataclass, field

LEARNT = 0.02
"""Part of the difference between expectation and arrival that is believed; at 60 Hz a change of
the usual delay is followed within a second, and jitter of 15 ms moves a sample by 0.3 ms."""

LATE_S = 0.25
"""What comes later than this after it was expected shows that samples were lost."""


@dataclass(slots=True)
class CountedLiveClock:
    """Samples are a period apart; where the sequence lies is learnt from the arrivals.

    Parameters
    ----------
    sampling_rate_hz
        Nominal rate; the true one may differ by a few per cent.
    """

    sampling_rate_hz: float
    _host_s: float = field(default=-math.inf, init=False, repr=False)

    def update(self, arrival_s: float) -> float:
        """Time of a sample, later than that of every sample before.

        It is no later than the arrival, but for samples that arrive together: they are spread by
        a tenth of a period at least.
        """
        period_s = 1.0 / self.sampling_rate_hz
        expected_s = self._host_s + period_s
        late_s = arrival_s - expected_s
        if late_s > LATE_S:
            self._host_s = arrival_s
        else:
            steered_s = min(expected_s + LEARNT * late_s, arrival_s)
            self._host_s = max(steered_s, self._host_s + 0.1 * period_s)
        return self._host_s

"""How far apart samples of one moment are placed after a fit of the clocks, and live."""

import numpy as np

from imu_hip.recording.clocks import ClockArrivals, fit_clock
from imu_hip.recording.live_clock import LiveClock
from tests.delays import mixed_links, pairwise_errors_s, simulate_sensors

Row = tuple[str, str, str]

INTERVALS_MS = {
    "7.5 ms": (7.5, 7.5, 7.5, 7.5),
    "15 ms": (15.0, 15.0, 15.0, 15.0),
    "30 ms": (30.0, 30.0, 30.0, 30.0),
    "mixed": (7.5, 15.0, 30.0, 7.5),
}


def pairwise_time_errors(seeds: int = 5, duration_s: float = 600.0) -> list[Row]:
    """Time errors between four sensors: worst seed's 95th percentile and largest, from 30 s on."""
    rows = []
    for rate_hz in (60.0, 120.0):
        for name, intervals_ms in INTERVALS_MS.items():
            links = mixed_links([interval_ms / 1000.0 for interval_ms in intervals_ms])
            found = np.array([errors_ms(links, rate_hz, duration_s, seed) for seed in range(seeds)])
            for (p95_ms, most_ms), way, bar_ms in zip(
                found.max(axis=0), ("offline", "live"), (2.0, 3.0), strict=True
            ):
                rows.append(
                    (
                        f"{rate_hz:.0f} Hz, interval {name}: time between sensors, {way}",
                        f"{p95_ms:.2f} / {most_ms:.2f} ms",
                        f"p95 / largest; p95 <= {bar_ms:.0f} ms",
                    )
                )
    return rows


def errors_ms(links, rate_hz, duration_s, seed) -> list[tuple[float, float]]:
    """95th percentile and largest error between sensors, after the fit and live."""
    arrivals = simulate_sensors(links, rate_hz, duration_s, seed)
    offline_s = [
        fit_clock(ClockArrivals(a.sensor_s, a.arrival_s)).host_s(a.sensor_s) for a in arrivals
    ]
    live_s = [LiveClock().follow(a.sensor_s, a.arrival_s) for a in arrivals]
    errors_s = [pairwise_errors_s(arrivals, host_s) for host_s in (offline_s, live_s)]
    return [(1000.0 * float(np.percentile(e, 95)), 1000.0 * float(e.max())) for e in errors_s]

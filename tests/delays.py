"""Arrival times of notifications, from a radio link that owes nothing to the clock fits.

A sensor samples by its own clock. A packet waits in a first-in first-out queue for the next
connection event; a missed event carries nothing, an event carries only so many packets. The host
adds jitter, and now and then stalls and then delivers everything at once.
"""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class Link:
    """How the packets of one sensor travel; drifts are standard deviations or half-widths."""

    interval_s: float = 0.015
    clock_ppm: float = 40.0
    wander_ppm: float = 0.05
    central_ppm: float = 20.0
    missed_fraction: float = 0.02
    packets_per_event: int = 4
    stalled_fraction: float = 0.0005
    stall_s: tuple[float, float] = (0.02, 0.15)
    jitter_s: float = 0.0003
    latency_s: float = 0.003
    lost_fraction: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Of each delivered sample its time by the sensor, its true time and its arrival."""

    sensor_s: np.ndarray
    true_s: np.ndarray
    arrival_s: np.ndarray


def simulate_link(link, rate_hz, duration_s, rng, boot_s=1000.0):
    """Arrivals of a sensor that samples at a rate by its own clock."""
    count = int(duration_s * rate_hz)
    wander = np.cumsum(rng.standard_normal(count)) * link.wander_ppm / np.sqrt(rate_hz)
    fast_ppm = rng.uniform(-link.clock_ppm, link.clock_ppm) + wander
    true_s = boot_s + rng.uniform(0.0, 1.0) + np.cumsum(1.0 - 1e-6 * fast_ppm) / rate_hz
    sensor_s = rng.uniform(0.0, 1000.0) + np.arange(count) / rate_hz
    sent = rng.random(count) >= link.lost_fraction
    true_s, sensor_s = true_s[sent], sensor_s[sent]
    arrival_s = _stalled(link, _delivered(link, true_s, rng), rng)
    return Arrivals(sensor_s, true_s, arrival_s)


def _delivered(link, true_s, rng):
    period_s = link.interval_s * (1.0 + 1e-6 * rng.uniform(-link.central_ppm, link.central_ppm))
    first_s = true_s[0] - rng.uniform(0.0, period_s)
    events = first_s + np.arange(2 * int((true_s[-1] - first_s) / period_s) + 400) * period_s
    events = events[rng.random(len(events)) >= link.missed_fraction]
    earliest = np.searchsorted(events, true_s)
    taken = np.empty(len(true_s), dtype=np.int64)
    event, carried = -1, 0
    for packet, possible in enumerate(earliest.tolist()):
        if possible > event:
            event, carried = possible, 0
        elif carried == link.packets_per_event:
            event, carried = event + 1, 0
        carried += 1
        taken[packet] = event
    jitter_s = rng.exponential(link.jitter_s, len(true_s))
    return np.maximum.accumulate(events[taken] + link.latency_s + jitter_s)


def _stalled(link, arrival_s, rng):
    arrival_s = arrival_s.copy()
    for start in np.flatnonzero(rng.random(len(arrival_s)) < link.stalled_fraction):
        end_s = arrival_s[start] + rng.uniform(*link.stall_s)
        held = slice(start, int(np.searchsorted(arrival_s, end_s)))
        arrival_s[held] = end_s
    return arrival_s


def mixed_links(intervals_s, link=None):
    """The same link at several connection intervals, one a sensor."""
    return [replace(link or Link(), interval_s=interval_s) for interval_s in intervals_s]


def simulate_sensors(links, rate_hz, duration_s, seed):
    """Arrivals of several sensors, each with a clock and a link of its own."""
    return [
        simulate_link(link, rate_hz, duration_s, rng)
        for link, rng in zip(links, np.random.default_rng(seed).spawn(len(links)), strict=True)
    ]


def pairwise_errors_s(arrivals, host_s, after_s=30.0):
    """Differences of the time errors of all pairs of sensors, ten times a second."""
    start_s = max(a.true_s[0] for a in arrivals) + after_s
    end_s = min(a.true_s[-1] for a in arrivals)
    when_s = np.arange(start_s, end_s, 0.1)
    errors = [
        np.interp(when_s, a.true_s, found - a.true_s)
        for a, found in zip(arrivals, host_s, strict=True)
    ]
    pairs = [errors[i] - errors[j] for i in range(len(errors)) for j in range(i)]
    return np.abs(np.concatenate(pairs))

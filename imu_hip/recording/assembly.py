"""From a journal to a recording: every sensor's clock onto one timeline."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from imu_hip import __version__
from imu_hip.errors import RecordingError
from imu_hip.kinematics.quaternion import BoolArray, FloatArray
from imu_hip.names import Segment
from imu_hip.recording import remarks
from imu_hip.recording.clocks import ClockArrivals, fit_clock, fit_pooled
from imu_hip.recording.counted_clock import fit_counted
from imu_hip.recording.journal import JournalSensor
from imu_hip.recording.journal_reading import Journal, SensorRows
from imu_hip.recording.recording import LogEntry, Recording, SensorStream

LONGEST_HELD_S = 86_400.0
"""No sensor holds samples back for a day; a clock that goes so far ahead is a damaged number."""

LARGEST_DISAGREEMENT_S = 0.005
"""A synchronised clock that disagrees more with its own arrivals was not synchronised."""


@dataclass(frozen=True, slots=True, eq=False)
class TimedRows:
    """The samples of a sensor with their times on the common timeline.

    Parameters
    ----------
    time_s
        Shape (n,), NaN for samples that cannot be timed.
    lost
        Samples that the sensor counted and that never arrived.
    time_error_s
        Standard uncertainty of the times against those of other sensors.
    details
        How the times were found, for the recording's log.
    """

    time_s: FloatArray
    lost: int
    time_error_s: float
    details: Mapping[str, object]


def assemble(journal: Journal) -> Recording:
    """Make a recording of a journal.

    Times start at 0 with the first sample. Clocks that were synchronised by radio are fitted
    together; every other clock on its own, anew after each restart. Samples keep their values:
    nothing is interpolated, and what was lost is absent.

    Raises
    ------
    RecordingError
        Where no sensor has two samples.
    """
    timed, notes = _timed(journal)
    usable = {place: rows for place, rows in timed.items() if np.isfinite(rows.time_s).sum() > 1}
    if not usable:
        raise RecordingError(
            f"The journal of {journal.header.source} holds no samples.",
            "Remove it and record again; `imu-hip doctor` helps where sensors cannot be reached.",
        )
    origin_s = min(float(np.nanmin(rows.time_s)) for rows in usable.values())
    sensors = journal.header.sensors
    streams: dict[Segment, SensorStream] = {}
    for place, rows in usable.items():
        stream = sensor_stream(sensors[place], journal.rows[place], rows.time_s - origin_s)
        streams[stream.segment] = stream
    entry = LogEntry(
        "recorded",
        __version__,
        {
            "started_utc": journal.header.started_utc,
            **(journal.header.details or {}),
            "sensors": {sensors[i].segment.value: rows.details for i, rows in usable.items()},
        },
    )
    return Recording(
        streams,
        source=journal.header.source,
        simulated=journal.header.simulated,
        warnings=_warnings(journal, usable, notes, origin_s),
        log=(entry,),
    )


def sensor_stream(sensor: JournalSensor, rows: SensorRows, time_s: FloatArray) -> SensorStream:
    """The stream of the samples whose times are known and rise, shape of `time_s` (n,)."""
    kept = _rising(time_s)
    return SensorStream(
        sensor.segment,
        time_s[kept],
        sensor.sampling_rate_hz,
        **{name: values[kept] for name, values in rows.vectors.items()},
        sensor=sensor.info,
    )


def _warnings(
    journal: Journal, usable: Mapping[int, TimedRows], notes: list[str], origin_s: float
) -> tuple[str, ...]:
    sensors = journal.header.sensors
    told = [
        *remarks.silent([one for place, one in enumerate(sensors) if place not in usable]),
        *notes,
        *remarks.caveats([sensors[place] for place in usable]),
        *(
            remarks.lost(sensors[place], rows.lost, int(np.isfinite(rows.time_s).sum()))
            for place, rows in usable.items()
        ),
        *(remarks.clipped(sensors[place], journal.rows[place]) for place in usable),
        *(text for i in usable for text in remarks.left_out(sensors[i], journal.rows[i])),
        *remarks.happened(journal, origin_s),
        *(["The end of the journal was cut off; what came before is whole."] * journal.torn),
    ]
    return tuple(dict.fromkeys(filter(None, told)))


def _rising(time_s: FloatArray) -> BoolArray:
    """Samples that come after all before them; clocks before and after a restart may overlap."""
    known = np.isfinite(time_s)
    latest = np.maximum.accumulate(np.where(known, time_s, -np.inf))
    before = np.concatenate(([-np.inf], latest[:-1]))
    rising: BoolArray = known & (time_s > before)
    return rising


def _timed(journal: Journal) -> tuple[dict[int, TimedRows], list[str]]:
    sensors = journal.header.sensors
    timed: dict[int, TimedRows] = {}
    grouped: dict[str, list[int]] = {}
    for place, rows in journal.rows.items():
        group = sensors[place].clock_group
        if group and rows.tick is not None and not rows.epoch.any():
            grouped.setdefault(group, []).append(place)
        elif rows.tick is None:
            timed[place] = _by_counting(sensors[place], rows)
        else:
            timed[place] = _by_own_clock(sensors[place], rows)
    notes: list[str] = []
    for places in grouped.values():
        timed |= _by_common_clock(journal, places, notes)
    return timed, notes


def _arrival_s(rows: SensorRows) -> FloatArray:
    return np.asarray(rows.arrival_ns / 1e9, dtype=np.float64)


def _sensor_s(sensor: JournalSensor, rows: SensorRows, zero: int) -> FloatArray:
    """Seconds since a tick: as floats since 1970 they would be steps of 0.24 µs."""
    if rows.tick is None or sensor.tick_s is None:
        raise ValueError(f"the {sensor.segment.words} sensor has no clock")
    return np.asarray((rows.tick - zero) * sensor.tick_s, dtype=np.float64)


def _first_tick(rows: SensorRows) -> int:
    return 0 if rows.tick is None else int(rows.tick[0])


def _is_possible(sensor_s: FloatArray, arrival_s: FloatArray) -> bool:
    """Whether samples came in about the time that they were taken in, each shape (n,)."""
    return bool(np.ptp(sensor_s) <= 2.0 * np.ptp(arrival_s) + LONGEST_HELD_S)


def _lost(sensor_s: FloatArray, sampling_rate_hz: float) -> int:
    steps = np.rint(np.diff(sensor_s) * sampling_rate_hz)
    return int(np.maximum(steps - 1, 0).sum())


def _by_own_clock(sensor: JournalSensor, rows: SensorRows) -> TimedRows:
    sensor_s, arrival_s = _sensor_s(sensor, rows, _first_tick(rows)), _arrival_s(rows)
    time_s = np.full(len(sensor_s), np.nan)
    lost, errors_s, epochs = 0, [0.0], []
    for epoch in np.unique(rows.epoch):
        inside = rows.epoch == epoch
        if np.count_nonzero(inside) < 2:
            continue
        if not _is_possible(sensor_s[inside], arrival_s[inside]):
            raise RecordingError(
                f"The clock of the {sensor.segment.words} sensor says that "
                f"{np.ptp(sensor_s[inside]) / 3600.0:.3g} hours passed, where its samples came "
                f"within {np.ptp(arrival_s[inside]) / 3600.0:.3g} hours.",
                "The journal is damaged; copy it again from where it was recorded.",
            )
        fit = fit_clock(ClockArrivals(sensor_s[inside], arrival_s[inside]))
        time_s[inside] = fit.host_s(sensor_s[inside])
        lost += _lost(sensor_s[inside], sensor.sampling_rate_hz)
        errors_s.append(fit.standard_error_s)
        epochs.append(
            {
                "rate_ppm": fit.rate_ppm,
                "lines": fit.pieces,
                "latency_p95_ms": 1e3 * fit.latency_p95_s,
                "connection_interval_ms": fit.interval_s and 1e3 * fit.interval_s,
            }
        )
    details = {"clock": "its own", "time_error_ms": 1e3 * max(errors_s), "lost": lost}
    return TimedRows(time_s, lost, max(errors_s), details | {"epochs": epochs})


def _by_counting(sensor: JournalSensor, rows: SensorRows) -> TimedRows:
    count = np.arange(len(rows.arrival_ns))
    fit = fit_counted(count, _arrival_s(rows), sensor.sampling_rate_hz)
    details = {
        "clock": "none, from arrivals",
        "time_error_ms": 1e3 * fit.standard_error_s,
        "lost": fit.lost,
        "sampling_rate_hz": 1.0 / fit.period_s,
    }
    return TimedRows(fit.time_s, fit.lost, fit.standard_error_s, details)


def _by_common_clock(journal: Journal, places: list[int], notes: list[str]) -> dict[int, TimedRows]:
    sensors = journal.header.sensors
    zero = min(_first_tick(journal.rows[i]) for i in places)
    times_s = {i: _sensor_s(sensors[i], journal.rows[i], zero) for i in places}
    arrivals_s = {i: _arrival_s(journal.rows[i]) for i in places}
    every_s = np.concatenate(list(times_s.values()))
    pooled, worst = None, float(np.ptp(every_s))
    if _is_possible(every_s, np.concatenate(list(arrivals_s.values()))):
        clocks = {sensors[i].segment: ClockArrivals(times_s[i], arrivals_s[i]) for i in places}
        pooled = fit_pooled(clocks)
        worst = max(pooled.disagreement_s.values())
    if pooled is None or worst > LARGEST_DISAGREEMENT_S:
        notes.append(
            f"The clocks were synchronised by radio but disagree by {1e3 * worst:.0f} ms with "
            "when samples arrived; each was fitted on its own."
        )
        return {i: _by_own_clock(sensors[i], journal.rows[i]) for i in places}
    timed = {}
    for i, sensor_s in times_s.items():
        lost = _lost(sensor_s, sensors[i].sampling_rate_hz)
        error_s = pooled.fit.standard_error_s
        details = {
            "clock": f"synchronised by radio ({sensors[i].clock_group})",
            "time_error_ms": 1e3 * error_s,
            "lost": lost,
            "rate_ppm": pooled.fit.rate_ppm,
        }
        timed[i] = TimedRows(pooled.fit.host_s(sensor_s), lost, error_s, details)
    return timed

"""What the footer of our Parquet files says about a recording, as JSON."""

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from imu_hip.errors import RecordingError
from imu_hip.names import MarkerLabel, Segment, Side
from imu_hip.recording.recording import LogEntry, Marker, Recording, SensorInfo, SensorStream

SCHEMA_VERSION: Final = 1
METADATA_KEY: Final = b"imu_hip"


def to_json(recording: Recording) -> str:
    """Everything about a recording but its samples."""
    return json.dumps(_described(recording), default=_plain)


def from_json(name: str, footer: Mapping[bytes, bytes] | None) -> Mapping[str, Any]:
    """Find our part of a footer.

    Raises
    ------
    RecordingError
        Where there is none, or where a newer version wrote it.
    """
    text = (footer or {}).get(METADATA_KEY)
    if text is None:
        raise RecordingError(
            f"{name} is a Parquet file but not a recording of imu_hip.",
            "Export its table as CSV and describe the columns in a TOML map beside it.",
        )
    metadata: Mapping[str, Any] = json.loads(text)
    version = metadata["schema_version"]
    if version > SCHEMA_VERSION:
        raise RecordingError(
            f"{name} has version {version} of the format, this imu_hip reads up to "
            f"{SCHEMA_VERSION}.",
            "Update imu_hip.",
        )
    if not _is_whole(metadata):
        raise ValueError("what is told of the recording is no text or number where one should be")
    return metadata


def _is_whole(metadata: Mapping[str, Any]) -> bool:
    """Whether everything has its kind; what is missing is told by whoever misses it."""
    sensors = metadata["sensors"]
    texts = [sensor[key] for sensor in sensors for key in ("model", "serial", "firmware")]
    texts += [*metadata["warnings"], *(entry["step"] for entry in metadata["log"])]
    return (
        isinstance(metadata["schema_version"], int)
        and isinstance(metadata["warnings"], list)
        and isinstance(metadata["simulated"], bool)
        and all(isinstance(text, str) for text in (metadata["source"], *texts))
        and all(isinstance(entry["details"], dict) for entry in metadata["log"])
        and all(isinstance(sensor["sampling_rate_hz"], int | float) for sensor in sensors)
    )


def recording_of(metadata: Mapping[str, Any], streams: Mapping[Segment, SensorStream]) -> Recording:
    """Join the metadata with the streams."""
    return Recording(
        streams=streams,
        markers=tuple(_marker(**marker) for marker in metadata["markers"]),
        source=metadata["source"],
        simulated=metadata["simulated"],
        warnings=tuple(metadata["warnings"]),
        log=tuple(LogEntry(**entry) for entry in metadata["log"]),
    )


def sensors_of(metadata: Mapping[str, Any]) -> dict[Segment, tuple[float, SensorInfo]]:
    """Sampling rate in Hz and device of each segment."""
    return {
        Segment(sensor["segment"]): (
            sensor["sampling_rate_hz"],
            SensorInfo(sensor["model"], sensor["serial"], sensor["firmware"]),
        )
        for sensor in metadata["sensors"]
    }


def _marker(label: str, start_s: float, end_s: float, side: str | None) -> Marker:
    return Marker(MarkerLabel(label), float(start_s), float(end_s), Side(side) if side else None)


def _described(recording: Recording) -> dict[str, object]:
    return {
        "schema_version": SCHEMA_VERSION,
        "source": recording.source,
        "simulated": recording.simulated,
        "sensors": [
            {
                "segment": stream.segment,
                "sampling_rate_hz": stream.sampling_rate_hz,
                "model": stream.sensor.model,
                "serial": stream.sensor.serial,
                "firmware": stream.sensor.firmware,
                "gaps": [(gap.start_s, gap.end_s) for gap in stream.gaps()],
            }
            for stream in recording.streams.values()
        ],
        "markers": [
            {"label": m.label, "start_s": m.start_s, "end_s": m.end_s, "side": m.side}
            for m in recording.markers
        ],
        "warnings": recording.warnings,
        "log": [
            {"step": e.step, "version": e.version, "details": dict(e.details)}
            for e in recording.log
        ],
    }


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return dict(value) if isinstance(value, Mapping) else str(value)

"""Which file of a folder is of which segment: by names, or by a map of serial numbers."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from imu_hip.errors import RecordingError
from imu_hip.names import Segment
from imu_hip.recording.formats.files import read_bytes
from imu_hip.recording.formats.segment_names import ADVICE, is_other_body_part, segment_from_name
from imu_hip.recording.formats.sidecars import read_segment_map

OPENSENSE_MAP: Final = "myIMUMappings.xml"
SEGMENT_MAP: Final = "segments.csv"


def segments_by_name(
    source: str, names: Mapping[str, Sequence[str]]
) -> tuple[dict[Segment, str], list[str]]:
    """Find the file of each segment by what it is called.

    Parameters
    ----------
    source
        What holds the files, for messages.
    names
        By each file what may name its segment, such as the stem of its name; the first that does
        is believed.

    Returns
    -------
    placed, warnings
        The file of each segment, and what to say about files left out.

    Raises
    ------
    RecordingError
        Where the segment of a file cannot be told, or where two files are of one segment.
    """
    found: dict[Segment, str] = {}
    unknown: list[str] = []
    left_out: list[str] = []
    for file, called in names.items():
        segment = next((s for name in called if (s := segment_from_name(name))), None)
        if segment in found:
            raise RecordingError(
                f"{source}: {found[segment]} and {file} are both of the {segment.words}.",
                "Keep one of them, or rename the one that is of another segment.",
            )
        if segment is not None:
            found[segment] = file
        else:
            (left_out if any(map(is_other_body_part, called)) else unknown).append(file)
    if unknown:
        raise RecordingError(
            f"{source}: the segment cannot be told for {', '.join(unknown)}.", ADVICE
        )
    if not found:
        raise RecordingError(
            f"{source}: no file is of the pelvis, a thigh or a shin, only {', '.join(left_out)}.",
            ADVICE,
        )
    text = f"Sensors on other body parts were left out: {', '.join(left_out)}."
    return found, [text] if left_out else []


def segments_of_files(folder: Path, files: Sequence[Path]) -> tuple[dict[Segment, Path], list[str]]:
    """Find the file of each segment, and what to say about files left out.

    Raises
    ------
    RecordingError
        Where the folder does not say, or says it twice.
    """
    places = _places(folder, files)
    placed: dict[Segment, Path] = {}
    left_out: list[str] = []
    for file in files:
        segment = next((s for name, s in places.items() if file.stem.endswith(name)), None)
        if segment is None:
            left_out.append(file.name)
        elif segment in placed:
            raise RecordingError(
                f"{placed[segment].name} and {file.name} are both of the {segment.words}.",
                "Keep one session in the folder, or correct the map of sensors.",
            )
        else:
            placed[segment] = file
    if not placed:
        raise RecordingError(
            f"The map of sensors in {folder.name} has no sensor of {', '.join(left_out)} on the "
            "pelvis, a thigh or a shin.",
            "Compare the serial numbers in the map and in the file names.",
        )
    names = ", ".join(left_out)
    text = f"Sensors that are not on the pelvis, a thigh or a shin were left out: {names}."
    return placed, [text] if left_out else []


def _places(folder: Path, files: Sequence[Path]) -> Mapping[str, Segment]:
    if (folder / SEGMENT_MAP).is_file():
        return read_segment_map(folder / SEGMENT_MAP)
    if (folder / OPENSENSE_MAP).is_file():
        return _opensense_map(folder / OPENSENSE_MAP)
    named = {file.stem: segment_from_name(file.stem) for file in files}
    places = {stem: segment for stem, segment in named.items() if segment is not None}
    if places:
        return places
    example = files[0].stem.rsplit("_", 1)[-1]
    raise RecordingError(
        f"It is not known on which segments the sensors in {folder.name} sat: their files are "
        "named by serial numbers.",
        f"Write {SEGMENT_MAP} beside them, with the first line sensor,segment and a line such as "
        f"{example},left_thigh for each sensor, or add OpenSense's {OPENSENSE_MAP}.",
    )


def _opensense_map(path: Path) -> dict[str, Segment]:
    data = read_bytes(path)
    # Entities can expand without bound; a map of sensors has no use for them.
    # In UTF-16, every second byte of these words is nul.
    words = data.replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in words or b"<!ENTITY" in words:
        raise RecordingError(
            f"{path.name} declares a document type, which is not read for safety.",
            "Remove the DOCTYPE from the file.",
        )
    try:
        root = ET.fromstring(data)
    except (ET.ParseError, LookupError, ValueError) as error:
        # The last two are of encodings that nobody knows, or that its parser cannot read.
        raise RecordingError(
            f"{path.name} is not readable XML: {error}.", "Correct it or write segments.csv."
        ) from error
    found: dict[str, Segment] = {}
    for sensor in root.iter("ExperimentalSensor"):
        place = segment_from_name((sensor.findtext("name_in_model") or "").strip())
        name = sensor.get("name", "").strip()
        if name and place is not None:
            found[name] = place
    if not found:
        raise RecordingError(
            f"{path.name} names no sensor of the pelvis, a thigh or a shin.",
            "Each ExperimentalSensor needs a name_in_model such as femur_r_imu.",
        )
    return found

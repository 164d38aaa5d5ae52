"""The folder of a BIDS dataset: begun where there is none, and only ever added to."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from imu_hip import __version__
from imu_hip.errors import OutputError
from imu_hip.exchange.bids_tables import PARTICIPANTS
from imu_hip.exchange.bids_tracking import as_json
from imu_hip.recording.formats.files import replacing

BIDS_VERSION: Final = "1.11.1"
DESCRIPTION: Final = "dataset_description.json"

README: Final = """# {name}

Movement of the legs, measured with inertial sensors on thighs and shins, and on the pelvis where
one was worn. Written by imu_hip {version} in Motion-BIDS.

- `tracksys-imu`: what the sensors measured, unchanged. `LATENCY` channels hold the time of each
  sample from the start of the recording; lost samples are `n/a`.
- `tracksys-angles`: angles computed from it, in degrees: + is flexion, adduction and internal
  rotation on both sides. `*_channels.json` says what each one is counted from.
- `*_events.tsv`: what was done when.

Both tracking systems of a recording begin at the same moment. Dates are left out, because they can
tell who somebody is.
"""


def require_dataset(folder: Path) -> None:
    """Refuse a folder that holds something other than a dataset.

    Raises
    ------
    OutputError
        Saying what the folder holds.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file.", "Name a folder for the dataset.")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / DESCRIPTION).is_file():
        raise OutputError(
            f"The folder {folder} is not empty and is no BIDS dataset: it has no {DESCRIPTION}.",
            "Name a new folder, or the folder of a dataset.",
        )


def begin_dataset(folder: Path) -> None:
    """Make the folder and the files of a new dataset; one that exists stays as it is.

    Raises
    ------
    OutputError
        Where it cannot be written.
    """
    if (folder / DESCRIPTION).exists():
        return
    # Resolved, because "." has no name.
    name = folder.resolve().name
    description = {
        "Name": name,
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "imu_hip", "Version": __version__}],
    }
    with _said_of(folder):
        folder.mkdir(parents=True, exist_ok=True)
    # The description comes last: without it, a folder that was only begun is no dataset.
    for file, text in (
        ("README.md", README.format(name=name, version=__version__)),
        ("participants.json", as_json(PARTICIPANTS)),
        (DESCRIPTION, as_json(description)),
    ):
        with replacing(folder / file) as unfinished:
            unfinished.write_text(text, encoding="utf-8", newline="\n")


def place_together(dataset: Path, place: Path, files: Mapping[str, Iterable[str]]) -> None:
    """Put new files into a folder of a dataset, all of them or none; no file is replaced.

    Parameters
    ----------
    dataset
        Where a hidden folder is made in which the files are written first.
    place
        The folder that they go to, made where it is missing.
    files
        Text by file name, in pieces.

    Raises
    ------
    OutputError
        Where one of them exists or cannot be written.
    """
    placed: list[Path] = []
    with _said_of(place):
        # On the same disk as its target, so that files move in one step.
        staging = Path(tempfile.mkdtemp(prefix=".imu_hip.", suffix=".part", dir=dataset))
        try:
            for name, pieces in files.items():
                with (staging / name).open("w", encoding="utf-8", newline="\n") as file:
                    file.writelines(pieces)
            place.mkdir(parents=True, exist_ok=True)
            for name in files:
                _move(staging / name, place / name)
                placed.append(place / name)
        except OSError:
            for done in placed:
                done.unlink(missing_ok=True)
            raise
        finally:
            shutil.rmtree(staging, ignore_errors=True)


def _move(source: Path, target: Path) -> None:
    # A link is refused where the target exists, even if another process made it just now.
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems have no links.
        if target.exists():
            raise FileExistsError(errno.EEXIST, "it is there already", str(target)) from None
        source.rename(target)


@contextmanager
def _said_of(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename2 or error.filename or place
        raise OutputError(
            f"{where} cannot be written: {error.strerror or error}.",
            "Choose a folder that you may write to and that has space left.",
        ) from error

"""Whose recording it is and of which session, told from its path."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

_BIDS_PERSON: Final = re.compile(r"(?:^|[/_])(sub-[0-9A-Za-z+]+)(?=[/_.]|$)")
_BIDS_SESSION: Final = re.compile(r"(?:^|[/_])(ses-[0-9A-Za-z+]+)(?=[/_.]|$)")


@dataclass(frozen=True, slots=True)
class Who:
    """A person and a session; `told_by` says what told the person."""

    person: str
    session: str
    told_by: str


def who_recorded(recording: str, common_folder: str) -> Who:
    """Person and session of a recording.

    A Motion-BIDS path (`sub-01/ses-02/...`) names both. Otherwise the folder names the person and
    the file the session; where all recordings lie in one folder, each file is a person.

    Parameters
    ----------
    recording
        Path or URL.
    common_folder
        The folder in which all recordings of the cohort lie; see `common_folder`.
    """
    path = inner_path(recording)
    stem = PurePosixPath(path).stem or path
    person, session = _BIDS_PERSON.findall(path), _BIDS_SESSION.findall(path)
    if person:
        # The innermost: a data set may lie in a folder that is named after somebody else's.
        return Who(person[-1], session[-1] if session else stem, "Motion-BIDS names")
    below = path.removeprefix(common_folder).strip("/") if common_folder else path.strip("/")
    folder = str(PurePosixPath(below).parent)
    # A folder of one file for each person is as usual as a folder for each person.
    if folder == ".":
        return Who(stem, session[-1] if session else stem, "file names")
    return Who(folder, session[-1] if session else stem, "folders")


def inner_path(recording: str) -> str:
    """The path within the outermost file system, with / between folders."""
    first = recording.split("::", maxsplit=1)[0].replace("\\", "/")
    return first.split("://", maxsplit=1)[-1]


def common_folder(folder: str | None, recording: str) -> str:
    """The folder that holds a recording and all that lies in another folder; None holds nothing.

    It ends with / where it is not the root of everything.
    """
    own = inner_path(recording)
    own = own[: own.rfind("/") + 1]
    if folder is None:
        return own
    while not own.startswith(folder):
        folder = folder[: folder.rstrip("/").rfind("/") + 1]
    return folder

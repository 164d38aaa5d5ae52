"""What the server tells the page: JSON text, made once for all tabs."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from imu_hip import __version__
from imu_hip.guidance.protocol import Protocol
from imu_hip.guidance.view import SessionView
from imu_hip.history.records import Mode, Person, SessionRecord
from imu_hip.live.messages import LegFrame, LiveFrame, SensorHealth
from imu_hip.names import DEVICE_WORDING, Sex

IDLE: Final = '{"type":"idle"}'
"""No session runs."""

SEX_WORDS: Final = {Sex.FEMALE: "woman", Sex.MALE: "man"}
MODE_WORDS: Final = {
    Mode.ACTIVE: "you move the leg yourself",
    Mode.SELF_ASSISTED: "you help with your hands",
    Mode.PASSIVE: "somebody else moves the leg",
}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A session that was cut off and can be resumed.

    Parameters
    ----------
    repetitions
        How many repetitions that count it keeps.
    """

    record: SessionRecord
    title: str
    repetitions: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be begun: protocols, people, and sessions that were cut off."""

    protocols: tuple[Protocol, ...]
    people: tuple[Person, ...]
    unfinished: tuple[Unfinished, ...]
    virtual: bool


def hello(offer: Offer, *, drives: bool, token: str) -> str:
    """The first message to a tab; sent anew whenever the offer changes.

    Parameters
    ----------
    drives
        Whether this tab may start and lead a session.
    token
        What every message and every changing request of the page must carry.
    """
    return _text(
        {
            "type": "hello",
            "drives": drives,
            "token": token,
            "version": __version__,
            "protocols": [_protocol(protocol) for protocol in offer.protocols],
            "people": [{"alias": person.alias, "sex": person.sex} for person in offer.people],
            "unfinished": [_unfinished(session) for session in offer.unfinished],
            "virtual": offer.virtual,
            "words": words(),
        }
    )


def words() -> dict[str, Any]:
    """The words of the project that the page shows, by what they name."""
    return {
        "device": DEVICE_WORDING,
        "sexes": SEX_WORDS,
        "modes": MODE_WORDS,
    }


def view(shown: SessionView) -> str:
    """A session's view, with the names of its fields; what is not there is null."""
    return f'{{"type":"view","view":{_view_adapter().dump_json(shown).decode()}}}'


def frame(shown: LiveFrame) -> str:
    """The latest angles, to a hundredth of a degree; what is not measured is null."""
    legs = ",".join(f'"{side.value}":{_leg(leg)}' for side, leg in shown.legs.items())
    return (
        f'{{"type":"frame","time_s":{_number(shown.time_s, 4)},'
        f'"sampled_unix_s":{_number(shown.sampled_unix_s, 4)},"legs":{{{legs}}}}}'
    )


def sensors(shown: Sequence[SensorHealth]) -> str:
    """How the sensors do."""
    return f'{{"type":"sensors","sensors":{_sensors_adapter().dump_json(tuple(shown)).decode()}}}'


def drives(does: bool) -> str:
    """Whether the tab that gets this drives from now on."""
    return _text({"type": "drives", "drives": does})


def problem(sentence: str) -> str:
    """Something that went wrong, told to people."""
    return _text({"type": "problem", "problem": sentence})


def _protocol(protocol: Protocol) -> dict[str, str]:
    return {
        "name": protocol.name,
        "title": protocol.title,
        "about": protocol.about,
        "kind": protocol.kind,
    }


def _unfinished(session: Unfinished) -> dict[str, Any]:
    return {
        "session": session.record.id,
        "person": session.record.person.alias,
        "title": session.title,
        "started": session.record.started_utc.isoformat(),
        "repetitions": session.repetitions,
    }


def _leg(leg: LegFrame) -> str:
    return (
        f'{{"rotation_deg":{_number(leg.rotation_deg, 2)},'
        f'"thigh_elevation_deg":{_number(leg.thigh_elevation_deg, 2)},'
        f'"knee_flexion_deg":{_number(leg.knee_flexion_deg, 2)},'
        f'"shin_slope_deg":{_number(leg.shin_slope_deg, 2)}}}'
    )


def _number(value: float | None, decimals: int) -> str:
    if value is None or not math.isfinite(value):
        return "null"
    return f"{value:.{decimals}f}"


def _text(message: dict[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


@cache
def _view_adapter() -> TypeAdapter[SessionView]:
    return TypeAdapter(SessionView)


@cache
def _sensors_adapter() -> TypeAdapter[tuple[SensorHealth, ...]]:
    return TypeAdapter(tuple[SensorHealth, ...])

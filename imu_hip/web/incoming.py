"""What the page may tell the server; anything else is refused in a sentence."""

from functools import cache
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from imu_hip.errors import ImuHipError
from imu_hip.guidance.view import Command
from imu_hip.history.records import Mode
from imu_hip.names import Sex

MESSAGE_BYTES: Final = 16_384
"""Longest message and longest body of a request."""

Alias = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$"
    ),
]
Token = Annotated[str, StringConstraints(max_length=200)]
LARGEST_ID: Final = 2**31 - 1
"""Databases keep numbers of sessions in 32 bits."""

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]


FIELDS: Final = ("token", "person", "sex", "protocol", "mode", "session", "command")


class MessageError(ImuHipError):
    """A message of the page cannot be understood."""


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    token: Token


class Start(_Message):
    """Begin a session of a person; the person is remembered."""

    type: Literal["start"]
    person: Alias
    protocol: Annotated[str, StringConstraints(max_length=200)]
    sex: Sex | None = None
    mode: Mode = Mode.ACTIVE


class Resume(_Message):
    """Go on with a session that was cut off."""

    type: Literal["resume"]
    session: Id


class Give(_Message):
    """Give the running session a command."""

    type: Literal["command"]
    command: Command


class Drive(_Message):
    """Let this tab drive from now on."""

    type: Literal["drive"]


class Leave(_Message):
    """End the running session."""

    type: Literal["leave"]


Message = Start | Resume | Give | Drive | Leave


def understood(text: str) -> Message:
    """A message that is whole and of a known kind.

    Raises
    ------
    MessageError
        Naming the first field that is wrong.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MESSAGE_BYTES:
        raise MessageError("A message of the page is too long.", "Load the page again.")
    try:
        return _adapter().validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        named = [part for part in fault["loc"] if part in FIELDS]
        where = f" ({named[-1]})" if named else ""
        raise MessageError(
            f"A message of the page could not be understood{where}.", "Load the page again."
        ) from None


@cache
def _adapter() -> TypeAdapter[Message]:
    return TypeAdapter(Annotated[Message, Field(discriminator="type")])

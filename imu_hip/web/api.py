"""What the page asks for besides a running session: history, comparisons, a person's own data."""

import asyncio
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from imu_hip.errors import ImuHipError
from imu_hip.history.records import Mode, ResultRecord, SessionRecord
from imu_hip.names import Task
from imu_hip.web.findings import comparison_finding, trend_finding
from imu_hip.web.host import SessionHost
from imu_hip.web.incoming import Alias, Id, Token
from imu_hip.web.pages import body_of
from imu_hip.web.service import Service

NEWEST_SESSIONS: Final = 100
EXPORT_NAME: Final = "imu_hip-export.zip"


class ApiError(ImuHipError):
    """A request cannot be answered as it was made."""


class _Wish(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _OfPerson(_Wish):
    person: Alias


class _Comparison(_Wish):
    a: Id
    b: Id


class _Trend(_OfPerson):
    task: Literal[Task.SEATED, Task.PRONE, Task.CROSS_LEGGED]
    mode: Mode = Mode.ACTIVE


class _Change(_OfPerson):
    token: Token


class _Deletion(_Change):
    recordings: Annotated[bool, Field(strict=True)]


W = TypeVar("W", bound=_Wish)
C = TypeVar("C", bound=_Change)


class Api:
    """Answers in JSON; every refusal is a sentence under `problem`."""

    def __init__(self, service: Service, host: SessionHost) -> None:
        self._service = service
        self._host = host

    async def history(self, request: Request) -> Response:
        """Sessions of a person with their results, newest first."""
        wish = _asked(request, _OfPerson)
        return JSONResponse(await asyncio.to_thread(self._sessions, wish.person))

    async def compare(self, request: Request) -> Response:
        """Two sessions of one person compared."""
        wish = _asked(request, _Comparison)
        return JSONResponse(
            await asyncio.to_thread(comparison_finding, self._service.history, wish.a, wish.b)
        )

    async def trend(self, request: Request) -> Response:
        """One person's results of one task over time."""
        wish = _asked(request, _Trend)
        asked = (self._service.history, wish.person, wish.task, wish.mode)
        return JSONResponse(await asyncio.to_thread(trend_finding, *asked))

    async def export(self, request: Request) -> Response:
        """Everything that is kept of one person, as one archive."""
        wish = await self._changing(request, _Change)
        history = self._service.history
        person = await asyncio.to_thread(history.person, wish.person)
        folder = tempfile.mkdtemp(prefix="imu_hip_export_")
        forget = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
        try:
            archive = Path(folder) / "export.zip"
            await asyncio.to_thread(history.export, person, archive)
        except BaseException:
            await forget()
            raise
        return FileResponse(archive, filename=EXPORT_NAME, background=forget)

    async def delete(self, request: Request) -> Response:
        """Forget one person."""
        wish = await self._changing(request, _Deletion)
        await self._host.forget(wish.person, recordings=wish.recordings)
        return JSONResponse({"deleted": wish.person})

    async def _changing(self, request: Request, kind: type[C]) -> C:
        try:
            wish = kind.model_validate_json(await body_of(request))
        except ValidationError:
            raise _not_understood() from None
        if not self._host.gave(wish.token):
            raise ApiError("The page is older than the server.", "Load the page again.")
        return wish

    def _sessions(self, alias: str) -> dict[str, Any]:
        history = self._service.history
        person = history.person(alias)
        titles = {protocol.name: protocol.title for protocol in self._service.protocols}
        return {
            "person": {"alias": person.alias, "sex": person.sex},
            "sessions": [
                _session(record, titles, history.results(record.id))
                for record in history.sessions(person, NEWEST_SESSIONS)
            ],
        }


def _session(
    record: SessionRecord, titles: dict[str, str], results: tuple[ResultRecord, ...]
) -> dict[str, Any]:
    return {
        "session": record.id,
        "protocol": record.protocol,
        "title": titles.get(record.protocol, record.protocol),
        "mode": record.mode,
        "state": record.state,
        "started": record.started_utc.isoformat(),
        "ended": record.ended_utc and record.ended_utc.isoformat(),
        "simulated": record.simulated,
        "version": record.version,
        "comment": record.comment,
        "results": _results_adapter().dump_python(results, mode="json"),
    }


def _asked(request: Request, kind: type[W]) -> W:
    query = request.query_params
    try:
        if len(query.multi_items()) != len(query):
            raise _not_understood()
        return kind.model_validate(dict(query))
    except ValidationError:
        raise _not_understood() from None


def _not_understood() -> ApiError:
    return ApiError("The request could not be understood.", "Load the page again.")


@cache
def _results_adapter() -> TypeAdapter[tuple[ResultRecord, ...]]:
    return TypeAdapter(tuple[ResultRecord, ...])

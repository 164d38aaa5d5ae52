"""The page itself, its files, and the small page on which another device gives its code."""

import asyncio
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from imu_hip.errors import ImuHipError
from imu_hip.web.entry import Entry, EntryError
from imu_hip.web.incoming import MESSAGE_BYTES
from imu_hip.web.security import DATA_POLICY, PAGE_POLICY, cookie_name
from imu_hip.web.static_table import StaticFile

COOKIE_S: Final = 12 * 3600
BODY_S: Final = 10.0
"""A body that takes longer than this to arrive is not waited for."""

_CODE_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>imu_hip: enter the code</title>
<link rel="stylesheet" href="/static/style.css">
</head>
<body>
<main class="code-page">
<h1>Enter the code</h1>
<p role="alert">{problem}</p>
<form method="post" action="/code">
<p><label for="code">The code stands in the terminal in which imu-hip serve runs.</label></p>
<p><input id="code" name="code" inputmode="numeric" autocomplete="off" maxlength="20" required
autofocus></p>
<p><button type="submit">Enter</button></p>
</form>
</main>
</body>
</html>
"""


class BodyError(ImuHipError):
    """The body of a request is too long, or does not come."""


class Pages:
    """Serves pages and files.

    Parameters
    ----------
    static
        Files of the page by path.
    entry
        The codes of other devices; None where only this computer is served.
    """

    def __init__(self, static: Mapping[str, StaticFile], entry: Entry | None) -> None:
        self._static = static
        self._entry = entry

    async def page(self, request: Request) -> Response:
        """The page."""
        return self._file("index.html", request, PAGE_POLICY)

    async def static(self, request: Request) -> Response:
        """One of the files of the page."""
        return self._file(request.path_params["path"], request)

    async def ask_code(self, _: Request) -> Response:
        """The page that asks for the code."""
        if self._entry is None:
            return RedirectResponse("/", 303)
        return _code_page("", 200)

    async def take_code(self, request: Request) -> Response:
        """Exchange the code for a cookie."""
        if self._entry is None:
            return RedirectResponse("/", 303)
        address = request.client.host if request.client else ""
        try:
            fields = parse_qs((await body_of(request)).decode("utf-8", "replace"), max_num_fields=5)
            cookie = self._entry.exchange(fields.get("code", [""])[0], address)
        except (EntryError, BodyError, ValueError) as error:
            sentence = str(error) if isinstance(error, ImuHipError) else "This is no code."
            return _code_page(sentence, 403)
        answer = RedirectResponse("/", 303)
        name = cookie_name(request.scope)
        answer.set_cookie(name, cookie, max_age=COOKIE_S, httponly=True, samesite="strict")
        return answer

    def _file(self, path: str, request: Request, policy: str = DATA_POLICY) -> Response:
        found = self._static.get(path)
        if found is None:
            return PlainTextResponse("There is nothing here.", 404)
        headers = {
            "ETag": found.etag,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": policy,
        }
        if request.headers.get("if-none-match") == found.etag:
            return Response(status_code=304, headers=headers)
        return Response(found.body, media_type=found.content_type, headers=headers)


def _code_page(problem: str, status: int) -> Response:
    page = _CODE_PAGE.format(problem=escape(problem))
    return HTMLResponse(page, status, {"Content-Security-Policy": PAGE_POLICY})


async def body_of(request: Request) -> bytes:
    """The body of a request, read only as far as it may be long.

    Raises
    ------
    BodyError
        Where it is longer, or does not come.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for part in request.stream():
                body += part
                if len(body) > MESSAGE_BYTES:
                    raise BodyError("The request is too long.", "Load the page again.")
    except TimeoutError:
        raise BodyError("The request did not arrive.", "Try again.") from None
    return bytes(body)

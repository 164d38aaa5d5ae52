"""Another device enters with its code, in a browser."""

import pytest

from imu_hip.web.server import own_address
from tests.browser.visits import Visit
from tests.served_page import ServedPage


def test_a_device_enters_with_the_code_and_stays_in(chromium, tmp_path):
    address = own_address()
    if address is None:
        pytest.skip("this computer is in no network, so that no other device can be played")
    with ServedPage(tmp_path, "--virtual", "--no-browser", "--lan") as served:
        line = served.line_with("The next device enters at")
        port = served.wait_for_address().rpartition(":")[2]
        assert f"http://{address}:{port} with the code" in line
        page = chromium.new_context().new_page()
        page.goto(f"http://{address}:{port}")
        assert page.url.endswith("/code")
        page.get_by_label("The code stands in the terminal").fill("0000 000")
        page.get_by_role("button", name="Enter").click()
        assert "not right" in page.get_by_role("alert").inner_text()
        page.get_by_label("The code stands in the terminal").fill(line.rpartition("code ")[2][:9])
        page.get_by_role("button", name="Enter").click()
        page.locator('main[data-view="start"]').wait_for()
        page.context.close()
        # The cookie was that of the closed browser: a new one has to give a new code.
        page = chromium.new_context().new_page()
        page.goto(f"http://{address}:{port}")
        assert page.url.endswith("/code")
        page.context.close()


def test_this_computer_needs_no_code(chromium, tmp_path):
    with ServedPage(tmp_path, "--virtual", "--no-browser", "--lan") as served:
        visit = Visit(chromium, served.wait_for_address())
        assert visit.complaints == []
        visit.page.close()

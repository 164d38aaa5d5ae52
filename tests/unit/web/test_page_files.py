"""The page's own files keep to what its policy of content allows, and are all there."""

import re

import pytest

from imu_hip.web.static_table import static_files

FILES = {name: file.body.decode() for name, file in static_files().items()}
MODULES = sorted(name for name in FILES if name.endswith(".js"))
FORBIDDEN = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "http")


def test_the_page_holds_no_script_or_style_of_its_own():
    page = FILES["index.html"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page
    assert re.findall(r"\s(?:style|on\w+)=", page) == []


@pytest.mark.parametrize("name", MODULES)
def test_a_module_writes_text_only_and_loads_nothing_from_elsewhere(name):
    text = FILES[name].replace('"http://www.w3.org/2000/svg"', "").replace('"https:"', "")
    assert [word for word in FORBIDDEN if word in text] == []


def test_everything_that_is_loaded_is_there():
    wanted = set(re.findall(r'/static/([\w./]+)"', FILES["index.html"]))
    for name in MODULES:
        wanted |= set(re.findall(r'from "\./([\w.]+)"', FILES[name]))
    assert wanted - set(FILES) == set()
    unused = set(MODULES) - wanted
    assert unused == set()

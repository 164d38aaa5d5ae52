"""Names that look like markup, formulas or placeholders are shown as they are written."""

import re
from xml.etree import ElementTree

import matplotlib as mpl
import pytest

from imu_hip.report.inline_svg import figure_style, inline_svg, panels

HOSTILE = (
    "<script>owned=1</script>",
    '"><img src=x onerror=owned=1>',
    "$\\frac{$",
    "$x$ and $y$",
    "]]><a href='javascript:1'>",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_a_name_in_a_figure_is_words_and_no_formula(words):
    with figure_style("one"):
        figure, (axes,) = panels(2.0, 1)
        axes.set_xlabel(words)
        svg = str(inline_svg(figure, "one", words))
    # Within HTML the prefix needs no declaration.
    root = ElementTree.fromstring(svg.replace("xlink:", ""))
    texts = [re.sub(r"\s+", " ", "".join(each.itertext())) for each in root.iter() if each.text]
    assert re.sub(r"\s+", " ", words) in texts
    assert root.attrib["aria-label"] == words
    assert not [each.tag for each in root.iter() if each.tag.endswith(("script", "img", "}a"))]


def test_settings_that_lie_beside_a_recording_start_no_other_program():
    """As a file `matplotlibrc` in the current folder would set them."""
    with mpl.rc_context({"text.usetex": True}), figure_style("one"):
        figure, (axes,) = panels(2.0, 1)
        axes.set_xlabel("\\input{/etc/passwd}")
        assert "input{/etc/passwd}" in str(inline_svg(figure, "one", "words"))

"""Matplotlib figures as SVG that can stand several times in one page."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any, Final

import matplotlib as mpl
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from imu_hip.report.palette import GRID, INK

TEXT_PT: Final = 12.5
"""About 12 px where a figure is as wide as a phone; the page's style makes it smaller on a desk."""

WIDTH_IN: Final = 4.8

_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    # A name with dollar signs is a name, no formula that could be wrong.
    "text.parse_math": False,
    # Matplotlib reads settings from the folder that it runs in; none there may start LaTeX.
    "text.usetex": False,
    "font.size": TEXT_PT,
    "axes.labelsize": TEXT_PT,
    "axes.titlesize": TEXT_PT,
    "xtick.labelsize": TEXT_PT,
    "ytick.labelsize": TEXT_PT,
    "axes.edgecolor": GRID,
    "axes.labelcolor": INK,
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 1.0,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "lines.linewidth": 1.6,
    "path.simplify_threshold": 0.2,
}
_ID: Final = re.compile(r'\bid="([^"]+)"')
_REFERENCE: Final = re.compile(r'(url\(#|xlink:href="#)')
_VIEW_BOX: Final = re.compile(r'viewBox="([^"]+)"')
_LEFT_OUT: Final = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->", re.DOTALL)


@contextmanager
def figure_style(name: str) -> Iterator[None]:
    """The project's look for figures made and written inside; `name` makes their ids unique."""
    with mpl.rc_context(_STYLE | {"svg.hashsalt": name}):
        yield


def panels(height_in: float, rows: int, **ratios: list[float]) -> tuple[Figure, list[Axes]]:
    """A figure with `rows` panels above each other."""
    figure = Figure(figsize=(WIDTH_IN, height_in))
    FigureCanvasSVG(figure)
    made = figure.subplots(rows, 1, squeeze=False, gridspec_kw=dict(ratios))
    return figure, list(made[:, 0])


def inline_svg(figure: Figure, name: str, title: str) -> Markup:
    """The SVG element of a figure: scalable, titled, its ids led by `name`.

    To be called inside `figure_style(name)`.
    """
    file = StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    figure.savefig(file, format="svg", transparent=True, metadata=nothing)
    text = _LEFT_OUT.sub("", file.getvalue())
    head, body = text[text.index("<svg") :].split(">", 1)
    found = _VIEW_BOX.search(head)
    body = _ID.sub(rf'id="{name}-\1"', body)
    body = _REFERENCE.sub(rf"\g<1>{name}-", body)
    return Markup('<svg class="figure" viewBox="{}" role="img" aria-label="{}">{}{}').format(
        found.group(1) if found else "",
        title,
        Markup("<title>{}</title>").format(title),
        Markup(body),
    )

"""A picture on the page with its heading and its key."""

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its key."""

    svg: Markup
    key: str
    heading: str

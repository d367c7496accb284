"""A function that draws on Axes in; an SVG that takes the page's colours and fonts out."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from kafka_sizing.plot.colours import EDGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours no plot uses; each stands for one that the page sets for light, dark and print.
_INK: Final = "#010203"
_PAPER: Final = "#fdfefc"
_MUTED: Final = "#7b7d7c"
_PAGE_COLORS: Final = {
    _INK: "currentColor",
    _PAPER: "var(--card)",
    _MUTED: "var(--muted)",
}
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_DECIMALS: Final = re.compile(r"(\d+\.\d{2})\d+")
_FONT: Final = re.compile(r"(font: [^;]*?[\d.]+px) [^;]+")  # size and family in one, or apart
_FONT_FAMILY: Final = re.compile(r"font-family: [^;]+; ?")
_LINE: Final = re.compile(rf"fill: (none|{EDGE})\b", re.IGNORECASE)  # dark on bars, not on paper
_SPACES: Final = re.compile(r"\s+")


def svg(draw: Callable[[Axes], Any], *, name: str, title: str, size: tuple[float, float]) -> str:
    """Draw a figure as SVG to be put into a page.

    Parameters
    ----------
    draw : callable
        Takes the Axes to draw on.
    name : str
        Put before every id, so that several figures can stand in one page.
    title : str
        What the figure shows, for those who cannot see it.
    size : tuple of float
        Width and height. [inches] > 0

    Returns
    -------
    str
        An ``<svg>`` element. The same drawing gives the same text.

    Examples
    --------
    >>> from kafka_sizing.report.svg import svg
    >>> drawing = svg(lambda ax: ax.plot([1, 2]), name="a", title="Two points", size=(4, 3))
    >>> drawing.startswith("<svg"), "currentColor" in drawing
    (True, True)
    """
    from matplotlib.figure import Figure

    with _page_style():
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots())
        file = io.BytesIO()
        nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
        figure.savefig(file, format="svg", metadata=nothing)
    root = ET.fromstring(file.getvalue())  # noqa: S314 -- written by matplotlib just above
    return _for_page(root, name, title)


@contextmanager
def _page_style() -> Iterator[None]:
    """Let nothing the user has set in matplotlib through, for as long as one figure takes."""
    import matplotlib as mpl
    from matplotlib import style

    own = {
        "svg.fonttype": "none",
        "svg.hashsalt": "kafka_sizing",
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "savefig.facecolor": "none",
        "savefig.edgecolor": "none",
        "legend.facecolor": _PAPER,
        "legend.edgecolor": _MUTED,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": _MUTED,
    }
    inked = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
    with mpl.rc_context():
        style.use(["default", own | dict.fromkeys(inked, _INK)])
        yield


def _for_page(root: ET.Element, name: str, title: str) -> str:
    """Make ids unique, hand colours and fonts over to the page, and drop what it forbids."""
    for parent in root.iter():
        for child in list(parent):
            if child.tag in (f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"):
                parent.remove(child)
    hatched = {id(part) for pattern in root.iter(f"{{{_SVG}}}pattern") for part in pattern.iter()}
    for element in root.iter():
        is_line = id(element) not in hatched and _LINE.search(element.get("style", ""))
        element.tag = element.tag.removeprefix(f"{{{_SVG}}}")
        element.tail = None
        if element.tag not in ("text", "tspan"):
            element.text = None
        attributes = {
            key.rpartition("}")[2]: _value(key, value, name) for key, value in element.items()
        }
        if is_line:
            attributes["style"] = attributes["style"].replace(EDGE.lower(), "var(--muted)")
        element.attrib.clear()
        element.attrib.update(attributes)
    for size in ("width", "height"):
        root.attrib.pop(size, None)
    root.attrib.pop("version", None)
    label = ET.Element("title", id=f"{name}-title")
    label.text = title
    root.insert(0, label)
    root.attrib.update(
        {"xmlns": _SVG, "role": "img", "aria-labelledby": f"{name}-title", "class": "plot"}
    )
    return ET.tostring(root, encoding="unicode")


def _value(attribute: str, value: str, name: str) -> str:
    if attribute == "id":
        return f"{name}-{value}"
    if attribute == _XLINK_HREF:
        return value.replace("#", f"#{name}-", 1)
    value = value.replace("url(#", f"url(#{name}-")
    if attribute == "style":
        value = _FONT_FAMILY.sub("", _FONT.sub(r"\1 var(--sans)", value))
    if attribute in ("style", "fill", "stroke"):
        for sentinel, color in _PAGE_COLORS.items():
            value = value.replace(sentinel, color)
    if attribute in ("d", "x", "y", "transform"):
        value = _SPACES.sub(" ", _DECIMALS.sub(r"\1", value)).strip()
    return value

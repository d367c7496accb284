"""Keys and other text from strangers in; one printable line of bounded width out."""

from __future__ import annotations

import unicodedata
from typing import Final

from kafka_sizing.keys.columns import text_of
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.keys.sketch import KeySketch

LABEL_WIDTH: Final = 40  # columns of a terminal
_ELLIPSIS: Final = "…"
_SIMPLE: Final = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def key_label(key: str | bytes, *, width: int = LABEL_WIDTH) -> str:
    r"""Name a key in one line: what cannot be printed escaped, what is long cut in the middle.

    Parameters
    ----------
    key : str or bytes
        Any key. Bytes that are UTF-8 are shown as text, others in hexadecimal.
    width : int, default 40
        Most columns of a terminal to use. >= 8

    Returns
    -------
    str
        Printable text without line breaks, escape sequences, or characters that turn the
        direction of writing.

    Examples
    --------
    >>> from kafka_sizing.report.labels import key_label
    >>> print(key_label("red\x1b[31m"), key_label(b"\xff\x00"), key_label(""))
    red\x1b[31m 0xff00 (empty key)
    """
    text = _text_of(key, width)
    return _cut([_escape(character) for character in text], width) if text else "(empty key)"


def quoted_label(key: str | bytes) -> str:
    """Name a key within a sentence: text stands in quotes, so that it is seen where it ends."""
    label = key_label(key)
    is_text = isinstance(key, str) or not label.startswith("0x")
    return f"'{label}'" if key and is_text else label


def printable(text: str) -> str:
    r"""Escape whatever is not printable: line breaks, escape sequences, direction marks.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The same text on one line, safe to print.

    Examples
    --------
    >>> from kafka_sizing.report.labels import printable
    >>> print(printable("one\ntwo\x1b[2J"))
    one\ntwo\x1b[2J
    """
    return "".join(map(_escape, text))


def columns_of(text: str) -> int:
    """Count the terminal columns a printable text takes: CJK and emoji take two."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _text_of(key: str | bytes, width: int) -> str:
    """Turn a key into text; of a long one, only both ends, which are all that is shown."""
    text = text_of(key) if isinstance(key, bytes) else key
    if isinstance(text, bytes):
        return f"0x{(text if len(text) <= 2 * width else text[:width] + text[-width:]).hex()}"
    return text if len(text) <= 4 * width else text[: 2 * width] + text[-2 * width :]


def _escape(character: str) -> str:
    if character.isprintable():
        return "\\\\" if character == "\\" else character
    if character in _SIMPLE:
        return _SIMPLE[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _cut(pieces: list[str], width: int) -> str:
    """Drop pieces from the middle until the rest fits; an escape is kept or dropped whole."""
    if sum(map(_room, pieces)) <= width:
        return "".join(pieces)
    half = (width - 1) // 2
    return "".join(
        [*_fitting(pieces, width - 1 - half), _ELLIPSIS, *_fitting(pieces[::-1], half)[::-1]]
    )


def _fitting(pieces: list[str], width: int) -> list[str]:
    used, fitting = 0, []
    for piece in pieces:
        used += _room(piece)
        if used > width:
            break
        fitting.append(piece)
    return fitting


def _room(piece: str) -> int:
    """Give what a piece of a label counts for; marks put on others are not free."""
    return max(1, columns_of(piece))


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def distinct_text(keys: KeyLoads) -> str:
    """Write how many distinct keys there are, and of a sketch how many stand one by one."""
    if not isinstance(keys, KeySketch):
        return f"{len(keys):,}"
    about = "about " if keys.distinct_error else ""
    return f"{about}{round(keys.distinct):,} ({keys.heavy:,} of them one by one)"

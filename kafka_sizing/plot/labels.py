"""A key or a name of unknown origin in; a short text that any plot can draw out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate
from typing import Final

LABEL_CHARACTERS: Final = 24

_ELLIPSIS: Final = "…"
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def key_label(key: str | bytes) -> str:
    r"""Write a key so that it can be drawn and read: at most 24 characters.

    Parameters
    ----------
    key : str or bytes
        Text, or bytes that are not text.

    Returns
    -------
    str
        Bytes, and text that is mostly control characters, in hexadecimal; of other text,
        characters that do not show or that the font lacks as Python escapes. What is too
        long keeps its two ends.

    Raises
    ------
    TypeError
        If the key is neither text nor bytes.

    Examples
    --------
    >>> from kafka_sizing.plot import key_label
    >>> key_label("UA"), key_label(b"\xff\x00"), key_label("two\nlines"), key_label("")
    ('UA', '0xff00', 'two\\nlines', '(empty)')
    >>> key_label("tenant-0001/region-eu-west-1/device-77")
    'tenant-0001/…1/device-77'
    """
    if isinstance(key, bytes):
        return _hexadecimal(key) if key else "(empty)"
    if not isinstance(key, str):
        raise TypeError(f"key must be str or bytes, got {key!r:.80}")
    if not key:
        return "(empty)"
    if _mostly_control(key):
        return _hexadecimal(key.encode("utf-8", "surrogatepass"))
    return short_text(key)


def short_text(text: str, most: int = LABEL_CHARACTERS) -> str:
    """Escape what does not show, and cut out the middle of what is longer than ``most``."""
    if len(text) <= most:
        units = [_drawable(character) for character in text]
        first, last = text[:1], text[-1:]
        if first.isspace():
            units[0] = _escape(first)
        if last.isspace():
            units[-1] = _escape(last)
        if sum(map(len, units)) <= most:
            return "".join(units)
        head = tail = units
    else:  # a key may be a megabyte: look at its ends only
        head = [_drawable(character) for character in text[:most]]
        tail = [_drawable(character) for character in text[-most:]]
    kept = most - len(_ELLIPSIS)
    return _within(head, (kept + 1) // 2) + _ELLIPSIS + _within(tail[::-1], kept // 2, -1)


def namer(label_of: Callable[[str | bytes], str] | None) -> Callable[[str | bytes], str]:
    """Give what writes a key: its own text, or what ``label_of`` makes of it."""
    if label_of is None:
        return key_label
    return lambda key: key_label(label_of(key))


def _within(units: list[str], most: int, step: int = 1) -> str:
    """Join the first units that fit; an escape is never cut in two."""
    fits = sum(length <= most for length in accumulate(map(len, units)))
    return "".join(units[:fits][::step])


def _hexadecimal(data: bytes) -> str:
    digits = LABEL_CHARACTERS - 2
    if 2 * len(data) <= digits:
        return "0x" + data.hex()
    tail = digits // 4
    head = (digits - len(_ELLIPSIS)) // 2 - tail
    return f"0x{data[:head].hex()}{_ELLIPSIS}{data[-tail:].hex()}"


def _mostly_control(text: str) -> bool:
    """Say whether a key is a number or a struct whose bytes happen to be text."""
    seen = text[: 2 * LABEL_CHARACTERS]
    return 2 * sum(unicodedata.category(character) == "Cc" for character in seen) > len(seen)


def _drawable(character: str) -> str:
    if character == " " or (character.isascii() and character.isprintable()):
        return character
    category = unicodedata.category(character)
    shows = category not in _HIDDEN and category != "Zs"
    return character if shows and ord(character) in _glyphs(_font_path()) else _escape(character)


def _escape(character: str) -> str:
    if character == " ":
        return "\\x20"
    return character.encode("unicode_escape").decode("ascii")


def _font_path() -> str:
    from matplotlib.font_manager import FontProperties, findfont

    return findfont(FontProperties())


@lru_cache(maxsize=8)
def _glyphs(path: str) -> frozenset[int]:
    """Give the code points that a font can draw."""
    from matplotlib.font_manager import get_font

    return frozenset(get_font(path).get_charmap())

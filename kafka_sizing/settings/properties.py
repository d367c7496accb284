r"""The text of a Java ``.properties`` file in; its properties out, and the reverse.

The rules are those of ``java.util.Properties.load`` and ``store`` of the Java class library.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Final

from kafka_sizing._checks import check_text, check_type
from kafka_sizing.settings.setting import SettingValue, plain_scalar, text_of

_BLANKS: Final = " \t\f"
_LINE_ENDS: Final = re.compile(r"\r\n|\n|\r")
_PARTS: Final = re.compile(
    r"((?:\\.|[^\\=: \t\f])*)"  # the name, up to a separator that is not escaped
    r"[ \t\f]*[=:]?[ \t\f]*"
    r"(.*)",
    re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\(u.{0,4}|.)", re.DOTALL)
_HEX: Final = re.compile(r"u[0-9a-fA-F]{4}")
_CONTROLS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}
_WRITTEN: Final = {sign: f"\\{letter}" for letter, sign in _CONTROLS.items()}
_LONE: Final = re.compile("[\ud800-\udfff]")


def properties_of(text: str) -> dict[str, str]:
    r"""Read the text of a Java ``.properties`` file.

    Parameters
    ----------
    text : str
        Lines of ``name=value``, ``name: value`` or ``name value``; ``#`` and ``!`` begin
        comments, a backslash at the end of a line goes on in the next, ``\uXXXX`` is a character.

    Returns
    -------
    dict of str to str
        Property to value, in the order of the lines; of two lines with one name the later wins.

    Raises
    ------
    ValueError
        If a line has a value without a name, or a broken ``\uXXXX``; the line is named.

    Examples
    --------
    >>> from kafka_sizing.settings import properties_of
    >>> properties_of("# at least once\nacks = all\nlinger.ms: 50")
    {'acks': 'all', 'linger.ms': '50'}
    """
    check_text("text", text)
    found: dict[str, str] = {}
    for number, line in _logical_lines(text):
        name, value = (_unescaped(number, part) for part in next(_PARTS.finditer(line)).groups())
        if not name:
            raise ValueError(
                f"line {number} must begin with the name of a property, got {line!r:.60}"
            )
        found[name] = value
    return found


def properties_text(properties: Mapping[str, SettingValue]) -> str:
    r"""Write a Java ``.properties`` file.

    Parameters
    ----------
    properties : Mapping of str to int, float, str or bool
        Property to value.

    Returns
    -------
    str
        A line for each, in their order, in ASCII; what a reader would take for something else
        is escaped.

    Raises
    ------
    ValueError
        If a name is empty, or a value is neither a finite number nor a text, true or false.
    TypeError
        If ``properties`` is no mapping, or a name in it no text.

    Examples
    --------
    >>> from kafka_sizing.settings import properties_text
    >>> print(properties_text({"acks": "all", "enable.idempotence": True}), end="")
    acks=all
    enable.idempotence=true
    """
    check_type("properties", properties, Mapping)
    return "".join(
        f"{_name_text(name)}={_value_text(_given_text(name, value))}\n"
        for name, value in properties.items()
    )


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Join the lines that go on; give each with the number of its first one."""
    logical, begun = "", 0
    for number, line in enumerate(_LINE_ENDS.split(text), start=1):
        part = line.lstrip(_BLANKS)
        if not logical:
            begun = number
            if part.startswith(("#", "!")):
                continue
        logical += part
        if _goes_on(logical):
            logical = logical[:-1]
            continue
        if logical:
            yield begun, logical
        logical = ""
    if logical:
        yield begun, logical


def _goes_on(line: str) -> bool:
    """Say whether a line ends in a backslash that is not itself escaped."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def _unescaped(number: int, text: str) -> str:
    def character(escape: re.Match[str]) -> str:
        code = escape.group(1)
        if not code.startswith("u"):
            return _CONTROLS.get(code, code)
        if not _HEX.fullmatch(code):
            raise ValueError(
                f"line {number} must have four hex digits after \\u, got {code[1:]!r}"
            )
        return chr(int(code[1:], 16))

    plain = _ESCAPE.sub(character, text)
    if not _LONE.search(plain):
        return plain
    try:  # Java writes what lies beyond 16 bits as two
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise ValueError(f"line {number} must have its surrogates in pairs") from None


def _name_text(name: str) -> str:
    check_text("name of a property", name)
    if not name:
        raise ValueError("name of a property must not be empty, got ''")
    return _ascii("".join(f"\\{sign}" if sign in " =:#!\\" else sign for sign in name))


def _given_text(name: str, value: object) -> str:
    given = plain_scalar(value)
    is_finite = not isinstance(given, float) or math.isfinite(given)
    if not isinstance(given, int | float | str) or not is_finite:
        raise ValueError(
            f"{name} must be a finite number, a text, true or false, got {value!r:.80}"
        )
    return text_of(given)


def _value_text(value: str) -> str:
    blanks = len(value) - len(value.lstrip(" "))
    return _ascii("\\ " * blanks + value[blanks:].replace("\\", r"\\"))


def _ascii(text: str) -> str:
    return "".join(
        _WRITTEN.get(sign) or (sign if " " <= sign <= "~" else _code(sign)) for sign in text
    )


def _code(sign: str) -> str:
    units = sign.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))

"""One table of a TOML file and what each of its keys means in; checked values out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from kafka_sizing._checks import nearest
from kafka_sizing.toml.values import shown

T = TypeVar("T")

Read = Callable[[Any], Any]  # a value as TOML gives it in; what it stands for, or ValueError, out


class TableError(ValueError):
    """What is wrong in a TOML file, and the table and key it is about."""

    def __init__(self, text: str, where: str, key: str | None = None) -> None:
        super().__init__(text)
        self.where = where
        self.key = key


@dataclass(frozen=True, slots=True)
class Key:
    """What a key of a table stands for: an argument, how to read it, whether it must be there."""

    argument: str
    read: Read
    required: bool = True


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a TOML file; its errors say where it stands."""

    where: str  #: as a reader of the file finds it: ``[topic]``, ``[[event]] 2``
    values: Mapping[str, Any]

    @classmethod
    def of(cls, where: str, given: object, keys: Collection[str]) -> Section:
        """Take a table whose keys are all known; say which are near those that are not."""
        if not isinstance(given, Mapping):
            raise _wrong(where, "a table", given)
        section = cls(where, given)
        section.check_keys(keys)
        return section

    def check_keys(self, keys: Collection[str]) -> None:
        """Refuse keys that nobody knows."""
        unknown = [key for key in self.values if key not in keys]
        if unknown:
            listed = ", ".join(keys)
            raise TableError(
                f"{self.where} may hold {listed}, got {unknown[0]!r}{nearest(unknown[0], keys)}",
                self.where,
                unknown[0],
            )

    def __contains__(self, key: str) -> bool:
        """Whether the table has a key."""
        return key in self.values

    def read(self, key: str, read: Callable[[Any], T]) -> T:
        """Read the value of a key; an error names table and key."""
        if key not in self.values:
            raise TableError(f"{self.where} must hold {key}, got none", self.where)
        try:
            return read(self.values[key])
        except ValueError as error:
            text = f"{self.where} {key}{_joined(error)}"
            raise TableError(text, self.where, key) from error

    def wrong(self, key: str, text: str) -> TableError:
        """Give the error that says what a key must be, and what came; it knows its line."""
        return TableError(f"{self.where} {key} {text}", self.where, key)

    def optional(self, key: str, read: Callable[[Any], T]) -> T | None:
        """Read the value of a key, if it is there."""
        return self.read(key, read) if key in self.values else None

    def one_of(self, *keys: str) -> str:
        """Give the one key that is there of several that exclude each other."""
        there = [key for key in keys if key in self.values]
        if len(there) != 1:
            got = " and ".join(there) if there else "none"
            raise TableError(
                f"{self.where} must hold one of {', '.join(keys)}, got {got}",
                self.where,
                next(iter(there), None),
            )
        return there[0]

    def part(self, key: str, keys: Collection[str]) -> Section:
        """Take a table within this one."""
        return Section.of(f"{self.where} {key}", self.values[key], keys)

    def arguments(self, keys: Mapping[str, Key]) -> dict[str, Any]:
        """Read what a table says, as arguments."""
        return {
            key.argument: self.read(name, key.read)
            for name, key in keys.items()
            if key.required or name in self.values
        }

    def made(
        self,
        make: Callable[..., T],
        keys: Mapping[str, Key],
        *,
        also: Mapping[str, str] | None = None,
    ) -> T:
        """Make what a table describes; an error names its keys, not the arguments.

        ``also`` names further words of such an error, and the keys behind them.
        """
        arguments = self.arguments(keys)
        named = {key.argument: name for name, key in keys.items()}
        with self.naming({**named, **(also or {})}):
            return make(**arguments)

    @contextmanager
    def naming(self, keys: Mapping[str, str]) -> Iterator[None]:
        """Let an error name this table, and its keys where it names arguments."""
        try:
            yield
        except TableError:
            raise  # it has said so already
        except ValueError as error:
            words = _WORD.sub(lambda word: keys.get(word[0], word[0]), str(error))
            named = (keys[word] for word in _WORD.findall(str(error)) if word in keys)
            raise TableError(f"{self.where} {words}", self.where, next(named, None)) from error


def sections(where: str, given: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Give the tables of an array, and how to call each: ``[[event]] 2``.

    Parameters
    ----------
    where : str
        How the file calls the array: ``[[event]]``.
    given : object
        What stands there.

    Yields
    ------
    tuple of str and mapping
        The name of one table, counted from 1, and the table.

    Raises
    ------
    TableError
        If it is no array of tables.

    Examples
    --------
    >>> from kafka_sizing.toml import sections
    >>> list(sections("[[event]]", [{"at": "5 s"}]))
    [('[[event]] 1', {'at': '5 s'})]
    """
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise _wrong(where, "an array of tables", given)
    for number, each in enumerate(given, start=1):
        yield f"{where} {number}", each


_WORD: Final = re.compile(r"[A-Za-z_]\w*")


def _joined(error: ValueError) -> str:
    """Go on with a rule that says "must …"; stand apart from any other text."""
    text = str(error)
    return f" {text}" if text.startswith("must ") else f": {text}"


def _wrong(where: str, rule: str, given: object) -> TableError:
    return TableError(f"{where} must be {rule}, got {shown(given)}", where)

"""A client's name and version in; the rows of the client table that match it out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

_CURRENT: Final = (2**31,)  # newer than any version
_CONSTRAINT: Final = re.compile(r"\s*(>=|<)\s*([0-9.]+)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client that places keys this way, and how it calls it."""

    client: str
    partitioner: str
    versions: str  #: such as ">=0.11.4, <0.11.5"; "" is all of them
    is_default: bool
    source: str

    def covers(self, version: tuple[int, ...]) -> bool:
        """Whether ``versions`` contains a version that `version_of` gave."""
        for constraint in filter(None, self.versions.split(",")):
            match = _CONSTRAINT.fullmatch(constraint)
            if match is None:
                raise ValueError(f"versions must be like '>=1.2, <2', got {self.versions!r}")
            bound = version_of(match[2])
            if (version >= bound) is not (match[1] == ">="):
                return False
        return True


def version_of(version: str | None) -> tuple[int, ...]:
    """Read a version as numbers to compare; None is newer than all, "1.x" the newest 1.

    Zeros at the end do not count: 2, 2.0 and 2.0.0 are one version.
    """
    if version is None:
        return _CURRENT
    match = re.match(r"v?(\d+(?:\.\d+)*)(\.[x*])?", version.strip().casefold())
    if match is None:
        raise ValueError(f"version must be like '1.2.3', '1.x' or None, got {version!r}")
    numbers = list(map(int, match[1].split(".")))
    if match[2]:
        return (*numbers, *_CURRENT)
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def read_clients(
    rows: Iterable[Mapping[str, Any]], families: Mapping[str, Iterable[str]]
) -> tuple[Client, ...]:
    """Give a `Client` per client and partitioner name; bindings repeat their library's rows.

    A binding counts its own versions, so it repeats only what the library does today.
    """
    clients = []
    for row in rows:
        versions = row.get("versions", "")
        of_library = [row["client"]]
        if "<" not in versions:
            of_library += families.get(row["client"], ())
        for client in of_library:
            clients += [
                Client(
                    client=client,
                    partitioner=partitioner,
                    versions=versions if client == row["client"] else "",
                    is_default=row.get("default", False),
                    source=row["source"],
                )
                for partitioner in row["partitioners"]
            ]
    return tuple(clients)


def folded(name: str) -> str:
    """Fold what people write differently: case, spaces, dashes, underscores."""
    return re.sub(r"[\s_-]", "", name.casefold())

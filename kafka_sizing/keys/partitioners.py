"""A client's name in; how it maps keys to partitions out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from kafka_sizing._checks import check_choice, check_count, check_text, nearest
from kafka_sizing._tables import read_table
from kafka_sizing.keys.clients import Client, folded, read_clients, version_of
from kafka_sizing.keys.columns import KeyColumn
from kafka_sizing.keys.hashes import HASHES
from kafka_sizing.keys.hashing import Hash
from kafka_sizing.keys.rules import RULES, Numbers, Rule

Fate = Literal["hashed", "spread", "partition 0", "own hash", "refused"]

SPREAD: Final = -1  # stands for a partition that does not follow from the key


@dataclass(frozen=True, slots=True, kw_only=True)
class Partitioner:
    """How a client maps a key to a partition: a hash, and a rule for the hash.

    ``null_key`` and ``empty_key`` say what becomes of those keys: "hashed" (a null key as an
    empty one), "spread" over the partitions, all on "partition 0", "refused", or, for null
    keys, given ``null_hash`` as their "own hash". A partitioner without a hash ignores keys,
    and refuses to place them.
    """

    name: str
    hash: str | None
    rule: str | None
    null_key: Fate
    empty_key: Fate
    null_hash: int = 0
    clients: tuple[Client, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if self.hash is not None or self.rule is not None:
            check_choice("hash", self.hash, HASHES)
            check_choice("rule", self.rule, RULES)
        check_choice("null_key", self.null_key, get_args(Fate))
        check_choice("empty_key", self.empty_key, get_args(Fate))
        check_count("null_hash", self.null_hash, least=0, most=2**32 - 1)

    @property
    def is_keyed(self) -> bool:
        """Whether the partition follows from the key."""
        return self.hash is not None

    @property
    def has_remainder_rule(self) -> bool:
        """Whether a partition is the remainder of `numbers_of`, for all keys not spread."""
        return self.rule is not None and RULES[self.rule].place is None

    @property
    def hashes_whole_keys(self) -> bool:
        """Whether all bytes of a key are hashed, and nothing else."""
        return self.is_keyed and self._hash.prepare is None

    def hashes_of(self, column: KeyColumn) -> NDArray[np.uint32]:
        """Hash every key of a column without nulls."""
        return self._hash.of_column(column)

    def numbers_of(self, column: KeyColumn) -> Numbers | None:
        """Give the numbers whose remainder is the partition, or None if it is not one.

        Where empty keys are spread (see `spread_among`), their numbers mean nothing.
        """
        return self._rule.number(self.hashes_of(column)) if self.has_remainder_rule else None

    def partitions_of(self, column: KeyColumn, partitions: int) -> NDArray[np.int32]:
        """Place every key of a column without nulls; -1 is an empty key that is spread."""
        prepared = self._hash.prepared(column)
        placed = self._rule.partitions_of(self._hash.of_prepared(prepared), partitions)
        if self.empty_key != "hashed":
            empty = prepared.lengths == 0
            if self.empty_key == "refused" and empty.any():
                raise ValueError(f"keys must not be empty: {self.name!r} refuses empty keys")
            placed[empty] = SPREAD if self.empty_key == "spread" else 0
        return placed

    def partition_of_key(self, key: bytes, partitions: int) -> int:
        """Place one key; refuse an empty one that is spread."""
        hash, rule = self._hash, self._rule
        if key and hash.prepare is None and hash.words == 1:
            hashed = np.array([hash.of_key(key)], dtype=np.uint32)
            return int(rule.partitions_of(hashed, partitions)[0])
        placed = int(self.partitions_of(KeyColumn.of([key]), partitions)[0])
        if placed == SPREAD:
            raise ValueError(
                f"key must not be empty: {self.name!r} spreads empty keys over the partitions"
            )
        return placed

    def spread_among(self, column: KeyColumn) -> NDArray[np.bool_]:
        """Mark which keys of a column without nulls are spread: the empty ones, or none."""
        if self.empty_key != "spread":
            return np.zeros(len(column), dtype=np.bool_)
        empty: NDArray[np.bool_] = self._hash.prepared(column).lengths == 0
        return empty

    def null_partition(self, partitions: int) -> int | None:
        """Give the partition of every null key, or None if the client spreads them."""
        check_count("partitions", partitions)
        match self.null_key:
            case "spread":
                return None
            case "refused":
                raise ValueError(f"keys must not be null: {self.name!r} refuses null keys")
            case "partition 0":
                return 0
            case "own hash":
                hashes = np.array([self.null_hash], dtype=np.uint32)
                return int(self._rule.partitions_of(hashes, partitions)[0])
        placed = int(self.partitions_of(KeyColumn.of([b""]), partitions)[0])
        return None if placed == SPREAD else placed

    @property
    def _hash(self) -> Hash:
        if self.hash is None:
            raise ValueError(_ignores_keys(self))
        return HASHES[self.hash]

    @property
    def _rule(self) -> Rule:
        if self.rule is None:
            raise ValueError(_ignores_keys(self))
        return RULES[self.rule]


def find_partitioner(
    client: str, partitioner: str | None = None, *, version: str | None = None
) -> Partitioner:
    """Find how a client maps keys to partitions.

    Parameters
    ----------
    client : str
        A client library or tool, such as "kafka-python", "confluent-kafka-go" or "sarama".
        Case, spaces, dashes and underscores do not matter.
    partitioner : str, optional
        One of the client's own names, such as "murmur2_random"; its default if not given.
    version : str, optional
        The client's version, such as "0.11.4" or "1.x"; the current one if not given. Bindings
        do what their library does today: for an old one, ask for the library in its version.

    Returns
    -------
    Partitioner
        One of `PARTITIONERS`.

    Raises
    ------
    TypeError
        If an argument is not text.
    ValueError
        If the client or partitioner is unknown, or was not in that version.

    Examples
    --------
    >>> from kafka_sizing import find_partitioner
    >>> find_partitioner("confluent-kafka-python").name
    'librdkafka'
    >>> find_partitioner("librdkafka", "murmur2_random").name
    'java'
    >>> find_partitioner("kafkajs", version="1.16.0").name
    'kafkajs-legacy'
    """
    check_text("client", client)
    for argument, value in (("partitioner", partitioner), ("version", version)):
        if value is not None:
            check_text(argument, value)
    known = _CLIENT_NAMES.get(folded(client))
    if known is None:
        near = nearest(client.casefold(), sorted({*_ROWS, *_ALIASES}))
        raise ValueError(f"client must be a known Kafka client, got {client!r}{near}")
    rows = _ROWS[known]
    if partitioner is None or folded(partitioner) == "default":
        called = [row for row in rows if row[0].is_default]
    else:
        called = [row for row in rows if folded(row[0].partitioner) == folded(partitioner)]
    if not called:
        names = list(dict.fromkeys(row.partitioner for row, _ in rows))
        near = nearest(partitioner or "", names) or f" (it has: {', '.join(map(repr, names))})"
        raise ValueError(f"partitioner must be one of {known}'s, got {partitioner!r}{near}")
    wanted = version_of(version)
    for row, found in called:
        if row.covers(wanted):
            return found
    ranges = " or ".join(dict.fromkeys(row.versions for row, _ in called))
    raise ValueError(
        f"version must be {ranges} for {known}'s {called[0][0].partitioner!r}, "
        f"got {'the current one' if version is None else repr(version)}"
    )


def library_of(client: str) -> str | None:
    """Give the library that sends for a client, under any name of it; None if none is known.

    A binding sends as its library does: for "confluent-kafka" it is "librdkafka".
    """
    known = _CLIENT_NAMES.get(folded(client))
    return None if known is None else _LIBRARIES.get(known, known)


def resolve_partitioner(partitioner: str | Partitioner) -> Partitioner:
    """Give a partitioner by its name in `PARTITIONERS`, or as it is.

    Parameters
    ----------
    partitioner : str or Partitioner
        A name, in any case.

    Returns
    -------
    Partitioner
        The one of that name.

    Raises
    ------
    TypeError
        If it is neither.
    ValueError
        If no partitioner has that name.

    Examples
    --------
    >>> from kafka_sizing.keys import resolve_partitioner
    >>> resolve_partitioner("java").hash
    'murmur2'
    """
    if isinstance(partitioner, Partitioner):
        return partitioner
    if not isinstance(partitioner, str):
        raise TypeError(
            f"partitioner must be a name or a Partitioner, got {type(partitioner).__name__}"
        )
    found = PARTITIONERS.get(partitioner) or PARTITIONERS.get(partitioner.strip().casefold())
    if found is None:
        hint = nearest(partitioner.casefold(), list(PARTITIONERS))
        if folded(partitioner) in _CLIENT_NAMES:
            default = find_partitioner(partitioner).name
            hint = f": {partitioner!r} is a client, its default partitioner is {default!r}"
        raise ValueError(f"partitioner must be a name in PARTITIONERS, got {partitioner!r}{hint}")
    return found


def require_keyed(partitioner: str | Partitioner) -> Partitioner:
    """Resolve a partitioner, and refuse one that ignores keys.

    Parameters
    ----------
    partitioner : str or Partitioner
        As for `resolve_partitioner`.

    Returns
    -------
    Partitioner
        One whose partition follows from the key.

    Raises
    ------
    ValueError
        If there is none of that name, or it ignores keys.

    Examples
    --------
    >>> from kafka_sizing.keys import require_keyed
    >>> require_keyed("sarama").rule
    'absolute'
    """
    found = resolve_partitioner(partitioner)
    if not found.is_keyed:
        raise ValueError(_ignores_keys(found))
    return found


def _ignores_keys(partitioner: Partitioner) -> str:
    return (
        f"partitioner must place by key, got {partitioner.name!r}, which ignores keys: "
        "the fix NoKey describes its spread"
    )


def _read() -> tuple[Mapping[str, Partitioner], Mapping[str, str], Mapping[str, str]]:
    """Read the table of partitioners, other names of clients, and the libraries of bindings."""
    table = read_table("kafka_sizing.keys", "partitioners")
    listed = {
        entry["name"]: Partitioner(
            name=entry["name"],
            hash=entry.get("hash"),
            rule=entry.get("rule"),
            null_key=entry["null_key"],
            empty_key=entry["empty_key"],
            null_hash=entry.get("null_hash", 0),
            clients=read_clients(entry["clients"], table["families"]),
        )
        for entry in table["partitioner"]
    }
    aliases = {alias: client for client, names in table["aliases"].items() for alias in names}
    libraries: dict[str, str] = {}
    for library, bindings in table["families"].items():
        for binding in bindings:
            libraries.setdefault(binding, library)
    return MappingProxyType(listed), aliases, libraries


def _rows_of(
    partitioners: Mapping[str, Partitioner],
) -> dict[str, list[tuple[Client, Partitioner]]]:
    rows: dict[str, list[tuple[Client, Partitioner]]] = {}
    for partitioner in partitioners.values():
        for client in partitioner.clients:
            rows.setdefault(client.client, []).append((client, partitioner))
    return rows


PARTITIONERS, _ALIASES, _LIBRARIES = _read()
_ROWS: Final = _rows_of(PARTITIONERS)
_CLIENT_NAMES: Final = {folded(name): name for name in _ROWS} | {
    folded(alias): client for alias, client in _ALIASES.items()
}

"""What a design file says, as a mapping, in; a `TopicDesign` out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from kafka_sizing.brokers import find_cluster
from kafka_sizing.keys import lognormal_keys, uniform_keys, zipf_keys
from kafka_sizing.keys.loads import KeyLoads
from kafka_sizing.toml import Section, TableError, sections
from kafka_sizing.topic.design import (
    Cluster,
    Group,
    Keys,
    Operations,
    Producers,
    Retries,
    TopicDesign,
    Traffic,
)
from kafka_sizing.topic.file.kinds import properties
from kafka_sizing.topic.file.tables import (
    CLUSTER,
    GROUP,
    KEYS,
    MODELS,
    OPERATIONS,
    PRODUCERS,
    RETRIES,
    TABLES,
    TOPIC,
    TRAFFIC,
    Table,
    keys_of,
)
from kafka_sizing.units import LoadUnit

_NEEDED: Final = ("topic", "traffic")
_MADE: Final[dict[str, Callable[..., KeyLoads]]] = {
    "zipf": zipf_keys,
    "lognormal": lognormal_keys,
    "uniform": uniform_keys,
}
_WAYS: Final = ("log", *_MADE, "hottest_share")
_OF_LOG: Final = ("key", "load", "unit", "serializer")
_PARTS: Final = {  # words an error of the whole begins with → table and key to change
    "names of groups": ("[[group]]", "name"),
    "groups of retries": ("[retries]", "groups"),
    "compression_ratio": ("[traffic]", "compression_ratio"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLog:
    """The files that hold a topic's keys, as the design file names them."""

    files: tuple[str, ...]
    key: str | None  #: column of keys; None: the only one
    load: str | None  #: column of loads; None: a row is a record
    serializer: str | None
    unit: LoadUnit | None = None  #: of the loads; None: bytes
    partitioner: str = "java"  #: what places the keys


ReadKeys = Callable[[KeyLog], KeyLoads]


def design_of(data: Mapping[str, Any], *, read_keys: ReadKeys | None = None) -> TopicDesign:
    """Read a design as TOML has it; amounts and times are text with a unit.

    Parameters
    ----------
    data : mapping
        What ``tomllib.load`` gives.
    read_keys : callable, optional
        Gives the `KeyLoads` of a `KeyLog`; needed if ``[keys]`` names one.

    Returns
    -------
    TopicDesign
        What `plan_topic` takes.

    Raises
    ------
    ValueError
        If a table or key is unknown or missing, a unit is missing, or parts contradict each
        other; the error names table and key as the file has them.

    Examples
    --------
    >>> import tomllib
    >>> from kafka_sizing.topic import design_of
    >>> text = '''
    ... [topic]
    ... name = "orders"
    ... retention = "3 d"
    ... [traffic]
    ... rate = "120 MB/s"
    ... record = "1 kB"
    ... [[group]]
    ... name = "billing"
    ... processing = "2 ms"
    ... '''
    >>> design_of(tomllib.loads(text))
    TopicDesign('orders', 114.4 MiB/s, partitions=None, groups=['billing'])
    """
    whole = Section("the file", data)
    whole.check_keys(tuple(TABLES))
    missing = next((name for name in _NEEDED if name not in data), None)
    if missing is not None:
        raise TableError(f"the file must hold [{missing}], got none", "")
    traffic = _traffic(_table(data, "traffic", TRAFFIC))
    topic = _table(data, "topic", TOPIC)
    parts: dict[str, Any] = {"traffic": traffic}
    made: dict[str, tuple[Callable[..., Any], Table]] = {
        "producers": (Producers, PRODUCERS),
        "retries": (Retries, RETRIES),
        "cluster": (_cluster, CLUSTER),
        "operations": (Operations, OPERATIONS),
    }
    for name, (make, table) in made.items():
        if name in data:
            section = _table(data, name, table)
            with _naming_property(section):
                parts[name] = section.made(make, keys_of(table))
    if "keys" in data:
        writers: Producers = parts.get("producers", Producers())
        parts["keys"] = _keys(_table(data, "keys", KEYS), read_keys, writers.partitioner)
    parts["groups"] = tuple(
        _group(Section.of(where, each, GROUP), traffic)
        for where, each in sections("[[group]]", data.get("group", []))
    )

    def designed(**given: Any) -> TopicDesign:
        with _naming_part(parts["groups"]):
            return TopicDesign(**given, **parts)

    with _naming_property(topic):
        return topic.made(designed, keys_of(TOPIC))


@contextmanager
def _naming_part(groups: tuple[Group, ...]) -> Iterator[None]:
    """Let an error about parts that contradict each other name the table to change."""
    try:
        yield
    except ValueError as error:
        text = str(error)
        words = next((words for words in _PARTS if text.startswith(words)), None)
        if words is None:
            raise
        table, key = _PARTS[words]
        where = f"{table} {_second_of_a_name(groups)}" if table == "[[group]]" else table
        raise TableError(f"{where} {key}{text.removeprefix(words)}", where, key) from error


def _second_of_a_name(groups: tuple[Group, ...]) -> int:
    """Give the number, from 1, of the first group whose name an earlier one has."""
    names = [group.name for group in groups]
    return next(at for at, name in enumerate(names, start=1) if name in names[: at - 1])


@contextmanager
def _naming_property(section: Section) -> Iterator[None]:
    """Let an error about a property that the table sets say so, for its line."""
    try:
        yield
    except TableError as error:
        given = section.values.get("config")
        names = properties(given) if isinstance(given, Mapping) else {}
        named = next((name for name in names if f" {name} " in str(error)), None)
        if named is None or error.key not in {None, "config"}:
            raise
        raise TableError(str(error), f"{section.where} config", named) from error


def _table(data: Mapping[str, Any], name: str, table: Table) -> Section:
    return Section.of(f"[{name}]", data[name], table)


def _traffic(section: Section) -> Traffic:
    def made(*, rate: tuple[float, LoadUnit], record_bytes: float, **others: Any) -> Traffic:
        amount, unit = rate
        bytes_per_s = amount * record_bytes if unit == "records/s" else amount
        return Traffic(write_bytes_per_s=bytes_per_s, record_bytes=record_bytes, **others)

    return section.made(made, keys_of(TRAFFIC), also={"write_bytes_per_s": "rate"})


def _cluster(**given: Any) -> Cluster:
    hidden = "limits" in given and not find_cluster(given["limits"]).shows_brokers
    if "brokers" not in given and not hidden:
        raise TableError("[cluster] must hold brokers, got none", "[cluster]")
    return Cluster(**given)


def _group(section: Section, traffic: Traffic) -> Group:
    def made(*, member_rate: tuple[float, LoadUnit] | None = None, **others: Any) -> Group:
        if member_rate is None:
            return Group(**others)
        amount, unit = member_rate
        rate = amount if unit == "records/s" else amount / traffic.record_bytes
        return Group(member_records_per_s=rate, **others)

    with _naming_property(section):
        return section.made(made, keys_of(GROUP), also={"member_records_per_s": "member_rate"})


def _keys(section: Section, read_keys: ReadKeys | None, partitioner: str) -> Keys:
    """Read the keys: a log, a model, a share, or none of them."""
    given = [name for name in _WAYS if name in section]
    if len(given) > 1:
        section.one_of(*_WAYS)
    stray = next((name for name in _OF_LOG if name in section and "log" not in section), None)
    if stray is not None:
        raise TableError(
            f"{section.where} {stray} must go with log, got it alone", section.where, stray
        )
    arguments = section.arguments(keys_of(KEYS))
    way = given[0] if given else None
    loads, source = None, ""
    if way == "log":
        loads, source = _log(section, {"partitioner": partitioner} | arguments, read_keys)
    elif way in _MADE:
        loads, source = _model(section, way)
    names = {"hottest_key_share": "hottest_share"}
    with section.naming({name: name for name in ("ordering", "partitioner")} | names):
        return Keys(
            loads=loads,
            source=source,
            **{
                name: arguments[name]
                for name in ("ordering", "partitioner", "hottest_key_share")
                if name in arguments
            },
        )


def _log(
    section: Section, arguments: dict[str, Any], read_keys: ReadKeys | None
) -> tuple[KeyLoads, str]:
    files = arguments["log"]
    if read_keys is None:
        raise TableError(
            f"{section.where} log names a file, {files[0]!r}: read_keys must be given to read it",
            section.where,
            "log",
        )
    if "unit" in section and "load" not in section:
        raise section.wrong("unit", "must go with load, whose unit it is, got it alone")
    log = KeyLog(
        files=files,
        partitioner=arguments["partitioner"],
        **{name: arguments.get(name) for name in _OF_LOG},
    )
    return read_keys(log), ", ".join(files)


def _model(section: Section, name: str) -> tuple[KeyLoads, str]:
    """Make keys up from a model: their number, and how uneven they are."""
    table, _ = MODELS[name]
    part = section.part(name, table)
    loads = part.made(lambda **given: _MADE[name](total=1.0, **given), keys_of(table))
    words = ", ".join(f"{key} = {value}" for key, value in part.values.items())
    return loads, f"made up: {name}, {words}"

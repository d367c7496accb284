"""A property's name in; what Kafka 4.x does when nobody sets it, out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, get_args

from kafka_sizing._checks import check_choice, nearest
from kafka_sizing._tables import read_table
from kafka_sizing.settings.setting import Setting, Side

Form: TypeAlias = Literal["text", "int", "float", "boolean"]

SIDES: Final[tuple[Side, ...]] = get_args(Side)
_FILES: Final = ("broker", "topic", "producer", "consumer", "librdkafka")
_INHERITED: Final = ("kind", "source", "date", "case")
_TUPLES: Final = ("choices", "broker_names", "aliases")


@dataclass(frozen=True, slots=True, kw_only=True)
class SideProperties:
    """What one side knows: properties with a default, and names without one."""

    settings: Mapping[str, Setting]
    aliases: Mapping[str, str]  #: other name to the name in ``settings``
    unset: Mapping[str, Form]  #: known without a default, with the type of the value
    prefixes: tuple[str, ...]  #: beginnings of names that are known without a default

    def knows(self, name: str) -> bool:
        """Say whether a name is one Kafka has a use for."""
        return (
            name in self.settings
            or name in self.aliases
            or name in self.unset
            or name.startswith(self.prefixes)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that is known in full."""
        return (*self.settings, *self.aliases, *self.unset)


def default_of(name: str, side: Side | None = None) -> Setting:
    """Look up what a property is in Kafka 4.x when nobody sets it.

    Parameters
    ----------
    name : str
        The property, as Kafka spells it.
    side : {"broker", "topic", "producer", "consumer", "librdkafka producer", \
"librdkafka consumer"} or None, default None
        Who reads the property; needed only where sides differ.

    Returns
    -------
    Setting
        Its value in Kafka's own unit, with kind, source and date.

    Raises
    ------
    ValueError
        If there is no such property with a default, or sides differ and none is named.

    Examples
    --------
    >>> from kafka_sizing.settings import default_of
    >>> default_of("max.poll.interval.ms").value
    300000
    >>> default_of("batch.size", "producer").bytes
    16384
    """
    if side is not None:
        return _of_side(name, side)
    found = [defaults(each)[name] for each in SIDES if name in defaults(each)]
    if not found:
        names = sorted({each for side in SIDES for each in defaults(side)})
        raise _unknown(name, names, "one of the properties of Kafka that have a default")
    if any(each.value != found[0].value for each in found):
        sides = ", ".join(f"{each.side!r}" for each in found)
        raise ValueError(f"side must be named for {name!r}, which differs between {sides}")
    return found[0]


def defaults(side: Side) -> Mapping[str, Setting]:
    """List every property of a side that has a default.

    Parameters
    ----------
    side : {"broker", "topic", "producer", "consumer", "librdkafka producer", \
"librdkafka consumer"}
        Who reads the properties.

    Returns
    -------
    Mapping of str to Setting
        Read-only, by name.

    Raises
    ------
    ValueError
        If there is no such side.

    Examples
    --------
    >>> from kafka_sizing.settings import defaults
    >>> topic = defaults("topic")
    >>> topic["retention.ms"].broker_name, topic["retention.ms"].seconds
    ('log.retention.ms', 604800.0)
    """
    return properties_of_side(side).settings


def properties_of_side(side: Side) -> SideProperties:
    """Give what a side knows, with and without a default."""
    check_choice("side", side, SIDES)
    return _sides()[side]


def _of_side(name: str, side: Side) -> Setting:
    known = properties_of_side(side)
    own = known.aliases.get(name, name)
    if own not in known.settings:
        raise _unknown(name, known.settings, f"one of the properties of a {side} with a default")
    return known.settings[own]


def _unknown(name: str, names: Any, rule: str) -> ValueError:
    return ValueError(f"name must be {rule}, got {name!r}{nearest(name, names)}")


@cache
def _sides() -> dict[Side, SideProperties]:
    tables = [_read(name) for name in _FILES]
    return {side: _gather(side, tables) for side in SIDES}


def _read(name: str) -> dict[str, Any]:
    return read_table("kafka_sizing.settings", name)


def _gather(side: Side, tables: list[dict[str, Any]]) -> SideProperties:
    own = [table for table in tables if side in _sides_of(table["meta"])]
    settings = {each.name: each for table in own for each in _settings(side, table)}
    unset = [table["unset"] for table in own]
    return SideProperties(
        settings=MappingProxyType(settings),
        aliases=MappingProxyType(
            {alias: each.name for each in settings.values() for alias in each.aliases}
        ),
        unset=MappingProxyType(
            {
                name: form
                for table in unset
                for form in get_args(Form)
                for name in table.get(form, ())
            }
        ),
        prefixes=tuple(prefix for table in unset for prefix in table.get("prefixes", ())),
    )


def _settings(side: Side, table: dict[str, Any]) -> Iterator[Setting]:
    """Make the settings of one side; a row inherits from its part, and the part from the file."""
    for part in table["part"]:
        above = table["meta"] | {key: each for key, each in part.items() if key != "settings"}
        if side not in _sides_of(above):
            continue
        common = {key: above[key] for key in _INHERITED if key in above}
        for row in part["settings"]:
            lists = {key: tuple(row[key]) for key in _TUPLES if key in row}
            setting = Setting(**(common | row | lists | {"side": side}))
            yield setting if setting.allowed else replace(setting, allowed=_in_words(setting))


def _sides_of(table: Mapping[str, Any]) -> list[str]:
    return table["sides"] if "sides" in table else [table["side"]]


def _in_words(setting: Setting) -> str | None:
    if setting.choices:
        return ", ".join(setting.choices[:-1]) + f" or {setting.choices[-1]}"
    least, most = setting.least, setting.most
    if least is None:
        return None
    return f"at least {least:,}" if most is None else f"{least:,} … {most:,}"

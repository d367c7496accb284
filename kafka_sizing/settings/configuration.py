"""What a file or a person sets, in; what each property is, set or not, out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from kafka_sizing._checks import check_text, check_type
from kafka_sizing._mappings import ReadOnly
from kafka_sizing.settings.defaults import default_of, defaults, properties_of_side
from kafka_sizing.settings.parsing import parsed_value
from kafka_sizing.settings.setting import (
    SECONDS,
    Setting,
    SettingValue,
    Side,
    in_bytes,
    in_seconds,
    text_of,
)


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one side is set to: what was given, and Kafka 4.x's defaults for the rest.

    Parameters
    ----------
    side : {"broker", "topic", "producer", "consumer", "librdkafka producer", \
"librdkafka consumer"}
        Who reads it.
    given : Mapping of str to int, float, str or bool, default empty
        Property to value, as a ``.properties`` file, a YAML file or a program sets it: "30000",
        30000, "true" and true are all right. A text is taken without blanks around it.

    Raises
    ------
    ValueError
        If there is no such side, or a value is not of the type of its property. A value of the
        right type that Kafka refuses is kept; ``refused`` names it.
    TypeError
        If ``given`` is no mapping, or a name in it no text.

    Examples
    --------
    >>> from kafka_sizing.settings import Configuration
    >>> producer = Configuration("producer", {"linger.ms": "50", "acks": "all"})
    >>> producer.value("linger.ms"), producer.value("batch.size")
    (50, 16384)
    >>> producer.described("linger.ms"), producer.described("batch.size")
    ('linger.ms=50 (set)', 'batch.size=16384 (default)')
    """

    side: Side
    given: Mapping[str, SettingValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = properties_of_side(self.side)
        check_type("given", self.given, Mapping)
        for name in self.given:
            check_text("name of a property", name)
        parsed = {name: parsed_value(known, name, value) for name, value in self.given.items()}
        object.__setattr__(self, "given", ReadOnly(parsed))

    def is_set(self, name: str) -> bool:
        """Say whether a property was given, under its own name or another one of it."""
        return any(each in self.given for each in self._names(name))

    def value(self, name: str) -> SettingValue:
        """Look up what a property is, in Kafka's own unit.

        Parameters
        ----------
        name : str
            The property, as Kafka spells it.

        Returns
        -------
        int, float, str or bool
            What was given; otherwise the default.

        Raises
        ------
        ValueError
            If it was not given and has no default.
        """
        for each in reversed(list(self.given)):  # of two names of one property, the later wins
            if each in self._names(name):
                return self.given[each]
        return self.setting(name).value

    def setting(self, name: str) -> Setting:
        """Look up the default of a property, with its unit and source.

        Parameters
        ----------
        name : str
            The property, as Kafka spells it.

        Returns
        -------
        Setting
            What it is when nobody sets it.

        Raises
        ------
        ValueError
            If it has no default.
        """
        return default_of(name, self.side)

    def seconds(self, name: str) -> float:
        """Look up what a property is, as a length of time. [s]

        Parameters
        ----------
        name : str
            A property in milliseconds, seconds, minutes or hours, with a default.

        Returns
        -------
        float
            Its value. [s] >= 0

        Raises
        ------
        ValueError
            If it is no time, or is negative: -1 has a meaning of its own.
        """
        return in_seconds(self.setting(name), self.value(name))

    def bytes(self, name: str) -> int:
        """Look up what a property is, as a size. [bytes]

        Parameters
        ----------
        name : str
            A property in bytes or kibibytes, with a default.

        Returns
        -------
        int
            Its value. [bytes] >= 0

        Raises
        ------
        ValueError
            If it is no size, or is negative: -1 has a meaning of its own.
        """
        return in_bytes(self.setting(name), self.value(name))

    def described(self, name: str) -> str:
        """Write a property with its value, and whether that was set."""
        origin = "set" if self.is_set(name) else "default"
        return f"{name}={text_of(self.value(name))} ({origin})"

    @property
    def unknown(self) -> tuple[str, ...]:
        """The names given that Kafka 4.x has no use for on this side, as far as is known."""
        known = properties_of_side(self.side)
        return tuple(name for name in self.given if not known.knows(name))

    @property
    def refused(self) -> tuple[str, ...]:
        """The names given whose value is outside what Kafka takes."""
        known = properties_of_side(self.side).settings
        return tuple(
            name
            for name, value in self.given.items()
            for own in self._names(name)
            if own in known and not known[own].allows(value)
        )

    def near(self, name: str) -> tuple[str, ...]:
        """List the known names of this side that look like one, the nearest first."""
        names = properties_of_side(self.side).names
        return tuple(get_close_matches(name, names, n=3, cutoff=0.7))

    def _names(self, name: str) -> tuple[str, ...]:
        """Give every name of a property, its own first."""
        known = properties_of_side(self.side)
        own = known.aliases.get(name, name)
        return (own, *known.settings[own].aliases) if own in known.settings else (own,)

    def __repr__(self) -> str:
        return f"Configuration({self.side!r}, {len(self.given)} set)"


def configuration_of(
    side: Side, settings: Configuration | Mapping[str, SettingValue] | None
) -> Configuration:
    """Take a configuration, what is set, or nothing, for a configuration of a side.

    Parameters
    ----------
    side : {"broker", "topic", "producer", "consumer", "librdkafka producer", \
"librdkafka consumer"}
        Who reads it.
    settings : Configuration, Mapping or None
        None: all defaults.

    Returns
    -------
    Configuration
        Of that side.

    Raises
    ------
    ValueError
        If it is the configuration of another side.

    Examples
    --------
    >>> from kafka_sizing.settings import configuration_of
    >>> configuration_of("consumer", None).value("max.poll.records")
    500
    """
    if not isinstance(settings, Configuration):
        return Configuration(side, {} if settings is None else settings)
    if settings.side != side:
        raise ValueError(f"settings must be of a {side}, got those of a {settings.side}")
    return settings


def topic_configuration(
    given: Mapping[str, SettingValue] | None = None, *, broker: Configuration | None = None
) -> Configuration:
    """Lay what a topic sets over what its brokers set for every topic.

    Parameters
    ----------
    given : Mapping of str to int, float, str or bool, or None, default None
        What the topic itself sets, such as ``retention.ms``.
    broker : Configuration or None, default None
        What the brokers are set to, such as ``log.retention.hours``; None: nothing.

    Returns
    -------
    Configuration
        Of the topic. What only the brokers set counts as set, in the unit of the topic.

    Raises
    ------
    ValueError
        If a value is not of the type of its property, or ``broker`` is of another side.

    Examples
    --------
    >>> from kafka_sizing.settings import Configuration, topic_configuration
    >>> brokers = Configuration("broker", {"log.retention.hours": 24})
    >>> topic_configuration({"cleanup.policy": "delete"}, broker=brokers).value("retention.ms")
    86400000
    """
    brokers = configuration_of("broker", broker)
    inherited: dict[str, SettingValue] = {}
    for name, setting in defaults("topic").items():
        source = next((each for each in setting.broker_names if brokers.is_set(each)), None)
        if source is not None:
            inherited[name] = _in_milliseconds(source, brokers.value(source))
    return Configuration("topic", inherited | dict(given or {}))


def _in_milliseconds(source: str, value: SettingValue) -> SettingValue:
    """Turn the brokers' hours and minutes into the milliseconds of a topic."""
    unit = {"hours": "h", "minutes": "min"}.get(source.rpartition(".")[2])
    if unit is None or isinstance(value, str) or value < 0:
        return value
    return round(value * SECONDS[unit] * 1_000)

"""Nothing, or what was set, in; the settings that decide how a group reads out."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, Final

from kafka_sizing import settings as kafka
from kafka_sizing._checks import check_count, check_non_negative, check_positive

# Where sides call two properties by one name, the consumer's is meant, then the next one's.
_SIDES: Final[tuple[kafka.Side, ...]] = ("consumer", "broker", "topic", "librdkafka consumer")
_MAY_BE_ZERO: Final = ("initial_rebalance_delay_s",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A property of Kafka and what it is when nobody sets it."""

    name: str  #: as Kafka spells it; whatever its unit there, a time is in seconds here
    side: str  #: who reads it: consumer, librdkafka consumer, broker or topic
    value: float
    unit: str
    kind: str
    source: str
    date: str  #: the day the source was read


def default_of(name: str) -> Setting:
    """Look up what a property is in Kafka 4.x when nobody sets it.

    Parameters
    ----------
    name : str
        The property, as Kafka spells it.

    Returns
    -------
    Setting
        Its value, with unit and source. Times are in seconds, sizes in bytes.

    Raises
    ------
    ValueError
        If there is no such property with a default that is a number.

    Examples
    --------
    >>> from kafka_sizing.consumers.settings import default_of
    >>> setting = default_of("max.poll.interval.ms")
    >>> setting.value, setting.unit, setting.side
    (300.0, 's', 'consumer')
    """
    side = next((side for side in _SIDES if name in kafka.defaults(side)), None)
    setting = kafka.default_of(name, side)
    value, unit = _in_seconds_and_bytes(setting)
    return Setting(
        name=name,
        side=setting.side,
        value=value,
        unit=unit,
        kind=setting.kind,
        source=setting.source,
        date=setting.date,
    )


def _in_seconds_and_bytes(setting: kafka.Setting) -> tuple[float, str]:
    """Give the default in the units of this package; a count stays whole."""
    if setting.is_time:
        return setting.seconds, "s"
    if setting.is_size:
        return setting.bytes, "bytes"
    value = setting.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value, setting.unit
    raise ValueError(f"name must be that of a number, got {setting.name!r}")


def _field(name: str) -> Any:
    """Make a field that is the default of a property."""
    return field(default_factory=partial(_value_of, name), metadata={"property": name})


def _value_of(name: str) -> float:
    return default_of(name).value


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerSettings:
    """What members of a group and their coordinator are set to; defaults are Kafka 4.x's.

    Parameters
    ----------
    session_timeout_s : float, default 45
        ``session.timeout.ms``: silence after which a member counts as dead. [s] > 0
    heartbeat_interval_s : float, default 3
        ``heartbeat.interval.ms``: how soon a member learns of a rebalance. [s] > 0
    max_poll_interval_s : float, default 300
        ``max.poll.interval.ms``: longest time between two polls. [s] > 0
    max_poll_records : int, default 500
        ``max.poll.records``: most records a poll hands out. >= 1
    auto_commit_interval_s : float, default 5
        ``auto.commit.interval.ms``. [s] > 0
    metadata_max_age_s : float, default 300
        ``metadata.max.age.ms``: how soon a member of a classic group sees new partitions. [s] > 0
    initial_rebalance_delay_s : float, default 3
        ``group.initial.rebalance.delay.ms``, of the broker: an empty group waits as long for
        more members. [s] >= 0
    consumer_session_timeout_s : float, default 45
        ``group.consumer.session.timeout.ms``, of the broker: the session timeout under
        ``group.protocol=consumer``. [s] > 0
    consumer_heartbeat_interval_s : float, default 5
        ``group.consumer.heartbeat.interval.ms``, likewise. [s] > 0

    Raises
    ------
    ValueError
        If a number is out of range, or a heartbeat is not shorter than its session timeout.

    Examples
    --------
    >>> from kafka_sizing.consumers import ConsumerSettings
    >>> ConsumerSettings(session_timeout_s=10).session_timeout_s
    10.0
    """

    session_timeout_s: float = _field("session.timeout.ms")
    heartbeat_interval_s: float = _field("heartbeat.interval.ms")
    max_poll_interval_s: float = _field("max.poll.interval.ms")
    max_poll_records: int = _field("max.poll.records")
    auto_commit_interval_s: float = _field("auto.commit.interval.ms")
    metadata_max_age_s: float = _field("metadata.max.age.ms")
    initial_rebalance_delay_s: float = _field("group.initial.rebalance.delay.ms")
    consumer_session_timeout_s: float = _field("group.consumer.session.timeout.ms")
    consumer_heartbeat_interval_s: float = _field("group.consumer.heartbeat.interval.ms")

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "max_poll_records":
                object.__setattr__(self, each.name, check_count(each.name, value))
                continue
            check = check_non_negative if each.name in _MAY_BE_ZERO else check_positive
            check(each.name, value)
            object.__setattr__(self, each.name, float(value))
        for prefix in ("", "consumer_"):
            beat, session = f"{prefix}heartbeat_interval_s", f"{prefix}session_timeout_s"
            if getattr(self, beat) >= getattr(self, session):
                raise ValueError(
                    f"{beat} must be below {session}, got {getattr(self, beat):g} and "
                    f"{getattr(self, session):g}"
                )

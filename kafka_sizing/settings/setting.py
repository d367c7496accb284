"""One property in; what it is when nobody sets it, in which unit, and what it may be, out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np

Side: TypeAlias = Literal[
    "broker", "topic", "producer", "consumer", "librdkafka producer", "librdkafka consumer"
]
SettingValue: TypeAlias = int | float | str | bool

SECONDS: Final = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3_600.0}  # in one of a unit of time
BYTES: Final = {"bytes": 1, "KiB": 1_024}  # in one of a unit of size


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """A property of Kafka and what it is when nobody sets it.

    Parameters
    ----------
    name : str
        As Kafka spells it.
    side : Side
        Who reads it.
    value : int, float, str or bool
        The default, in Kafka's own unit.
    unit : str, default ""
        "ms", "s", "min", "h", "bytes", "KiB", or what is counted; "": none.
    kind : {"exact", "measured", "vendor", "rule"}
        How sure the value is.
    source : str
        Where it was read.
    date : str
        The day it was read.
    allowed : str or None, default None
        The values Kafka takes, in words; None: all of the type.
    least, most : float or None, default None
        The bounds of the values Kafka takes, in ``unit``.
    choices : tuple of str, default ()
        The only words Kafka takes, if there are such.
    case : {"counts", "ignored"}, default "counts"
        Whether ``choices`` must be written as they are.
    broker_names : tuple of str, default ()
        What the brokers call a property of a topic, the name that wins first.
    aliases : tuple of str, default ()
        Other names of the same property of the same side.

    Examples
    --------
    >>> from kafka_sizing.settings import default_of
    >>> default_of("linger.ms", "producer")
    Setting(linger.ms=5 of a producer)
    """

    name: str
    side: Side
    value: SettingValue
    unit: str = ""
    kind: Literal["exact", "measured", "vendor", "rule"]
    source: str
    date: str
    allowed: str | None = None
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    case: Literal["counts", "ignored"] = "counts"
    broker_names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def broker_name(self) -> str | None:
        """What the brokers call a property of a topic; None: they have no such property."""
        return self.broker_names[0] if self.broker_names else None

    @property
    def is_time(self) -> bool:
        """Whether the property is a length of time, so that ``seconds`` may answer."""
        return self.unit in SECONDS

    @property
    def is_size(self) -> bool:
        """Whether the property is a size, so that ``bytes`` may answer."""
        return self.unit in BYTES

    @property
    def seconds(self) -> float:
        """The default as a length of time. [s]

        Raises
        ------
        ValueError
            If the property is no time, or its default means something else, such as -1.
        """
        return in_seconds(self, self.value)

    @property
    def bytes(self) -> int:
        """The default as a size. [bytes]

        Raises
        ------
        ValueError
            If the property is no size, or its default means something else, such as -1.
        """
        return in_bytes(self, self.value)

    def allows(self, value: SettingValue) -> bool:
        """Say whether Kafka takes a value of the right type.

        Parameters
        ----------
        value : int, float, str or bool
            In ``unit``.

        Returns
        -------
        bool
            Whether it is one of ``choices``, or inside ``least`` … ``most``.
        """
        if self.choices:
            word = str(value)
            lowered = {choice.lower() for choice in self.choices}
            return word in self.choices or (self.case == "ignored" and word.lower() in lowered)
        if isinstance(value, str | bool):
            return True
        least, most = self.least, self.most
        return (least is None or value >= least) and (most is None or value <= most)

    def __repr__(self) -> str:
        return f"Setting({self.name}={text_of(self.value)} of a {self.side})"


def in_seconds(setting: Setting, value: SettingValue) -> float:
    """Turn a value of a property into seconds. [s]"""
    if setting.unit not in SECONDS:
        raise ValueError(
            f"{setting.name} must be a time, got one in {setting.unit or 'no unit'!r}"
        )
    number = _length(setting, value)
    # Dividing keeps 45,000 ms at 45 s; times 0.001 would not always.
    return number / 1_000 if setting.unit == "ms" else number * SECONDS[setting.unit]


def in_bytes(setting: Setting, value: SettingValue) -> int:
    """Turn a value of a property into bytes. [bytes]"""
    if setting.unit not in BYTES:
        raise ValueError(
            f"{setting.name} must be a size, got one in {setting.unit or 'no unit'!r}"
        )
    return int(_length(setting, value)) * BYTES[setting.unit]


def plain_scalar(value: object) -> object:
    """Take a scalar of NumPy for what it holds, and anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def text_of(value: SettingValue) -> str:
    """Write a value as a ``.properties`` file does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _length(setting: Setting, value: SettingValue) -> float:
    number = float(value)
    if number < 0:
        raise ValueError(
            f"{setting.name} must be >= 0 to be a length or a size, got {text_of(value)}"
        )
    return number

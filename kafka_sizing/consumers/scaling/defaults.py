"""A setting's name in; what KEDA or the Horizontal Pod Autoscaler takes if nobody sets it, out."""

from __future__ import annotations

from functools import cache

from kafka_sizing._checks import check_choice
from kafka_sizing._tables import read_table
from kafka_sizing.consumers.settings import Setting


def scaling_default(name: str) -> Setting:
    """Look up what an autoscaler takes when nobody sets it.

    Parameters
    ----------
    name : str
        The setting, as KEDA or Kubernetes spells it, or ``"rebalance storm"``.

    Returns
    -------
    Setting
        Its value, with unit, kind and source. Times are in seconds.

    Raises
    ------
    ValueError
        If there is no such setting.

    Examples
    --------
    >>> from kafka_sizing.consumers.scaling import scaling_default
    >>> setting = scaling_default("cooldownPeriod")
    >>> setting.value, setting.unit, setting.side
    (300.0, 's', 'KEDA')
    """
    check_choice("name", name, _settings())
    return _settings()[name]


def default_number(name: str) -> float:
    """Give the value of a setting."""
    return scaling_default(name).value


def default_count(name: str) -> int:
    """Give the value of a setting that is a whole number."""
    return int(default_number(name))


@cache
def _settings() -> dict[str, Setting]:
    rows = read_table("kafka_sizing.consumers.scaling", "scaling")["setting"]
    return {row["name"]: Setting(**row) for row in rows}

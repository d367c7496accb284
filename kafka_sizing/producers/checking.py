"""What a producer is set to in; what its client refuses, changes and then promises out."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

from kafka_sizing.producers.clients import ProducerClient, producer_configuration, setting_count
from kafka_sizing.producers.effects import (
    Outcome,
    SettingEffect,
    changed,
    client_rules,
    fine,
    refused,
    waits_for_all,
)
from kafka_sizing.producers.java_rules import java_effects
from kafka_sizing.producers.librdkafka_rules import librdkafka_effects
from kafka_sizing.settings import Configuration, SettingValue

if TYPE_CHECKING:
    import pandas as pd

_RULES = {"java": java_effects, "librdkafka": librdkafka_effects}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantees:
    """What a producer promises while its session lasts."""

    idempotent: bool  #: a record that is retried is written once
    transactional: bool
    in_order: bool  #: records of one partition are never written the other way round
    order: str
    duplicates: str
    lost: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducerVerdict:
    """What a client makes of its settings: what it refuses, what it changes, what holds."""

    client: ProducerClient
    effects: tuple[SettingEffect, ...]  #: the refused first, then the changed, then the rest
    effective: Configuration  #: what it runs with; of what is refused, as given
    guarantees: Guarantees  #: as the effective settings give them

    @property
    def accepted(self) -> bool:
        """Whether the client starts with these settings and can send a record."""
        return not self.refused

    @property
    def refused(self) -> tuple[SettingEffect, ...]:
        """What the client does not start with, or cannot send a record with."""
        return tuple(each for each in self.effects if each.outcome == "refused")

    @property
    def changed(self) -> tuple[SettingEffect, ...]:
        """What the client changes, or ignores, with a log line at most."""
        return tuple(each for each in self.effects if each.outcome == "changed")

    @property
    def reason(self) -> str:
        """The verdict, as a sentence without a full stop."""
        if not self.accepted:
            first = self.refused[0]
            more = f" (and {len(self.refused) - 1} more)" if len(self.refused) > 1 else ""
            return f"refused: {first.property}: {first.reason}{more}"
        if self.changed:
            listed = "; ".join(
                f"{each.property} {_becomes(each)}: {each.reason}" for each in self.changed
            )
            return f"accepted, but {listed}"
        return "accepted as given"

    def to_frame(self) -> pd.DataFrame:
        """One row per effect: property, outcome, given, effective, reason, source."""
        import pandas as pd

        columns = ("property", "outcome", "given", "effective", "reason", "source")
        return pd.DataFrame(
            {name: [getattr(each, name) for each in self.effects] for name in columns},
            columns=list(columns),
            dtype="object",
        )

    def __repr__(self) -> str:
        return (
            f"ProducerVerdict(client={self.client!r}, accepted={self.accepted}, "
            f"refused={len(self.refused)}, changed={len(self.changed)}, "
            f"idempotent={self.guarantees.idempotent})"
        )

    def _repr_html_(self) -> str:
        table: str = self.to_frame().to_html(index=False)
        return f"<p>{html.escape(self.reason)}</p>{table}"


def check_producer(
    given: Configuration | Mapping[str, SettingValue] | None = None,
    *,
    client: ProducerClient = "java",
) -> ProducerVerdict:
    """Tell which settings a producer refuses, silently changes or takes, and what then holds.

    The two clients differ. The Java client is idempotent by default: ``retries=0`` or an
    ``acks`` other than ``all`` switch that off without a word if it was not asked for, and are
    refused if it was; more than 5 requests in flight are refused either way. librdkafka is not
    idempotent by default; asked for it, it sets what was left open and refuses what clashes.

    Parameters
    ----------
    given : Configuration, mapping of property to value, or None, default None
        What the producer is set to; None: nothing, so that Kafka's defaults hold.
    client : {"java", "librdkafka"}, default "java"
        Whose rules hold: Kafka's own client 4.x, or librdkafka 2.x, on which those for C++,
        Python, Go and .NET are built.

    Returns
    -------
    ProducerVerdict
        Every effect, the settings in effect, and the guarantees that follow.

    Raises
    ------
    ValueError
        If a value is not of the type of its property.

    Notes
    -----
    ``ProducerConfig.java`` and ``KafkaProducer.java`` of Kafka's clients 4.x;
    ``rd_kafka_conf_finalize`` in ``rdkafka_conf.c``, librdkafka 2.x.

    Examples
    --------
    >>> from kafka_sizing.producers import check_producer
    >>> verdict = check_producer({"acks": "1"})
    >>> verdict.accepted, verdict.guarantees.idempotent
    (True, False)
    >>> check_producer({"enable.idempotence": True, "retries": 0}, client="librdkafka").reason
    'refused: retries: it must be >= 1 when enable.idempotence is true'
    """
    settings = producer_configuration(client, given)
    effects = [*_out_of_range(settings), *_RULES[client](settings), *_backoff(settings, client)]
    named = {each.property for each in effects}
    source = client_rules(client)["source"]
    effects += [
        fine(settings, name, source)
        for name in settings.given
        if not {name, _own_name(settings, name)} & named
    ]
    effective = _effective(settings, effects)
    return ProducerVerdict(
        client=client,
        effects=_one_each(effects),
        effective=effective,
        guarantees=_guarantees(effective),
    )


def _one_each(effects: list[SettingEffect]) -> tuple[SettingEffect, ...]:
    """Keep the gravest effect of each property, the refused first."""
    graded = sorted(effects, key=lambda each: get_args(Outcome).index(each.outcome))
    gravest: dict[str, SettingEffect] = {}
    for each in graded:
        gravest.setdefault(each.property, each)
    return tuple(gravest.values())


def _out_of_range(settings: Configuration) -> Iterator[SettingEffect]:
    for name in settings.refused:
        setting = settings.setting(name)
        yield refused(settings, name, f"it must be {setting.allowed}", setting.source)


def _backoff(settings: Configuration, client: ProducerClient) -> Iterator[SettingEffect]:
    """Both clients wait no longer than the most, from the first retry on."""
    most = setting_count(settings, "retry.backoff.max.ms")
    if setting_count(settings, "retry.backoff.ms") > most:
        reason = "it is above retry.backoff.max.ms, so every retry waits that long"
        yield changed(
            settings, "retry.backoff.ms", reason, client_rules(client)["source"], to=most
        )


def _own_name(settings: Configuration, name: str) -> str:
    """Give the name under which defaults are kept, for any other name of the property."""
    try:
        return settings.setting(name).name
    except ValueError:  # known without a default
        return name


def _effective(settings: Configuration, effects: list[SettingEffect]) -> Configuration:
    """Lay what was changed over what was given; what is ignored falls out."""
    ignored = {
        each.property for each in effects if each.outcome == "changed" and each.effective is None
    }
    values = {name: value for name, value in settings.given.items() if name not in ignored}
    for each in effects:
        if each.outcome == "changed" and each.effective is not None:
            values.pop(each.property, None)  # so that it comes last and wins over other names
            values[each.property] = each.effective
    return Configuration(settings.side, values)


def _guarantees(settings: Configuration) -> Guarantees:
    idempotent = bool(settings.value("enable.idempotence"))
    retries = setting_count(settings, "retries") > 0
    one_by_one = setting_count(settings, "max.in.flight.requests.per.connection") == 1
    in_order = idempotent or one_by_one or not retries
    return Guarantees(
        idempotent=idempotent,
        transactional=settings.is_set("transactional.id"),
        in_order=in_order,
        order=_order(idempotent=idempotent, one_by_one=one_by_one, in_order=in_order),
        duplicates=_duplicates(idempotent=idempotent, retries=retries),
        lost=_lost(settings.value("acks")),
    )


def _order(*, idempotent: bool, one_by_one: bool, in_order: bool) -> str:
    if idempotent:
        return "kept within a partition: the broker refuses a batch that comes out of turn"
    if one_by_one:
        return "kept within a partition: the next request waits for the last one"
    if in_order:
        return "kept within a partition, with gaps: what fails is not sent again"
    return "may turn round within a partition: a batch that is retried lands behind later ones"


def _duplicates(*, idempotent: bool, retries: bool) -> str:
    if idempotent:
        return "none from the client's retries; what the application sends again is written again"
    if retries:
        return "possible: a retry after a lost acknowledgement writes the batch again"
    return "none from the client, which does not retry"


def _lost(acks: SettingValue) -> str:
    if waits_for_all(acks):
        return (
            "acknowledged records only with every in-sync replica, of which there are at least "
            "min.insync.replicas"
        )
    if str(acks) == "0":
        return "whatever a broker or the network drops, and nobody is told"
    return "acknowledged records if the leader fails before its followers copy them"


def _becomes(effect: SettingEffect) -> str:
    return "is ignored" if effect.effective is None else f"becomes {effect.effective}"

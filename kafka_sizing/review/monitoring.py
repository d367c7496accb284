"""Who is told, and of what, in; what nobody would notice out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kafka_sizing._checks import nearest
from kafka_sizing.review.alerts import alerts_of
from kafka_sizing.review.alerts.catalogue import alert_forms
from kafka_sizing.review.case import Case, Reader
from kafka_sizing.review.judging import Flaw, each_group, named

_NAMED: Final = 5


def alerts_without_owner(case: Case) -> Iterator[Flaw]:
    """Ask whether somebody is paged for every alert."""
    alerts = alerts_of(case.plan)
    unowned = sorted({alert.name for alert in alerts if alert.owner is None})
    if unowned:
        more = f" and {len(unowned) - _NAMED:,} more" if len(unowned) > _NAMED else ""
        yield Flaw(
            evidence=f"{len(unowned):,} of {len({alert.name for alert in alerts}):,} alerts have "
            f"no owner: {', '.join(unowned[:_NAMED])}{more}",
            change="name an owner in operations, for all or for each of them",
        )
    names = sorted({form.name for form in alert_forms().values()})
    for name in sorted(set(case.design.operations.owners) - set(names)):
        yield Flaw(
            summary=f"an owner of an alert that does not exist{nearest(name, names)}",
            evidence=f"operations names an owner of {name!r}, and no alert is called so",
            consequence="its owner is never told",
            change="name an alert as the export of alerts has it",
        )


@each_group
def blind_on_lag(reader: Reader) -> Iterator[Flaw]:
    """Ask whether anybody said how far behind a group may be."""
    if reader.planned.delay_s is None:
        yield Flaw(
            evidence="no delay is allowed or forbidden (delay_s is not given), so no lag is too "
            "much",
            change="agree on the largest delay between write and read, and alert on it",
        )


def no_runbook(case: Case) -> Iterator[Flaw]:
    """Ask whether an alert says what to do."""
    if case.design.operations.runbook_url is None:
        yield Flaw(
            evidence="runbook_url is not given",
            change="link a page that says what to do, one part for each alert",
        )


JUDGES = named(alerts_without_owner, blind_on_lag, no_runbook)

"""A design file in; the whole plan of its topic and what is wrong with it out."""
# ruff: noqa: FBT002, PLR0917 - the options of a command are the arguments of its function

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from kafka_sizing.cli.designs import Design, plan_file
from kafka_sizing.cli.options import DOES_NOT_FIT, FITS, AsJson, Html, Redact, output
from kafka_sizing.cli.terminal import say, width
from kafka_sizing.cli.writing import write_whole

_MORE: Final = (
    "\n--details adds the inputs and how sure each number is; --html PAGE writes it all as one "
    "page.\n"
)


def topic(
    file: Design,
    html: Html = None,
    as_json: AsJson = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if the plan or the review finds an error.")
    ] = False,
    details: Annotated[
        bool, typer.Option("--details", help="Print also the inputs, and how sure numbers are.")
    ] = False,
    redact: Redact = False,
) -> int:
    """Plan a whole topic: partitions, keys, groups, producers, brokers, retries, retention."""
    from kafka_sizing.report import Redactor
    from kafka_sizing.review import review_topic

    output("--html", html, ".html", ".htm")
    plan = plan_file(file).plan
    review = review_topic(plan)
    told: dict[str, Any] = {
        "review": review,
        "inputs": {"file": str(file)},
        "redact": Redactor() if redact else False,
    }
    if html is not None:
        from kafka_sizing.report import topic_page

        page = topic_page(plan, title=plan.design.name, **told)
        write_whole(html, page)
    if as_json:
        from kafka_sizing.report.topic_json import topic_json

        say(topic_json(plan, **told))
    else:
        from kafka_sizing.report import topic_text

        detail: Any = "full" if details else "summary"
        text = topic_text(plan, detail=detail, width=width(), **told)
        say(text + ("" if details else _MORE))
    return DOES_NOT_FIT if check and not (plan.holds and review.holds) else FITS

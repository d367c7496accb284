"""How records are retried in; what becomes of the order per key, in words, out."""

from __future__ import annotations

from kafka_sizing.retries.counts import Publisher
from kafka_sizing.retries.wording import seconds_text

BLOCKING = (
    "kept: the partition waits until the record succeeds or is given up, so no later record of "
    "its key is read before; one that is given up is missing from the order"
)
SAME_TOPIC = (
    "lost: a failed record is written again behind every later record of its key, which is read "
    "before it, and falls back anew with every round"
)
NO_RETRIES = (
    "kept but for gaps: a failed record goes to the dead-letter topic at once and is missing "
    "among its key's; none is read twice"
)


def non_blocking_order(total_delay_s: float, publisher: Publisher) -> str:
    """Say what non-blocking retries make of the order of a key's records."""
    text = (
        "lost: the main topic is read on while a failed record waits in a retry topic, so later "
        f"records of its key overtake it, for up to {seconds_text(total_delay_s)} and what the "
        "attempts themselves take"
    )
    if publisher == "same partition":
        return (
            f"{text}; among themselves failed records of a key keep their order within a stage, "
            "for they go to the partition of the same number"
        )
    return (
        f"{text}; among themselves failed records of a key keep their order within a stage only "
        "if they are published with their key"
    )

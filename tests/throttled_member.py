"""A member of a consumer group, a process of its own, that handles so many records a second.

It joins when a line comes in. From then on it says what it owns, a line of JSON per change:
seconds of the monotonic clock, and the partitions.
"""

import argparse
import json
import sys
import time
from collections import defaultdict, deque

POLL_S = 0.05
LIFE_S = 300.0  # so that none outlives a test that was stopped


class ThrottledMember:
    """Reads at once whatever there is, and handles it by the clock."""

    def __init__(self, topic: str, records_per_s: float, settings: dict[str, object]) -> None:
        from confluent_kafka import Consumer

        self.topic = topic
        self.record_s = 1 / records_per_s
        self.consumer = Consumer(settings)
        self.inbox = defaultdict(deque)  # records that wait, by partition

    def join(self) -> None:
        self.consumer.subscribe([self.topic], on_assign=self.gets, on_revoke=self.gives_up)

    def gets(self, _consumer, partitions) -> None:
        owned = [each.partition for each in partitions]
        sys.stdout.write(json.dumps([time.monotonic(), owned]) + "\n")
        sys.stdout.flush()

    def gives_up(self, consumer, _partitions) -> None:
        self.inbox.clear()  # the next owner reads them again
        self.gets(consumer, [])

    def work(self) -> None:
        """Take the same time for every record, and go round the partitions that have some.

        What a wait overruns is made up for; time without records is not saved up.
        """
        handled_until_s = time.monotonic()
        end_s = handled_until_s + LIFE_S
        while (now_s := time.monotonic()) < end_s:
            while handled_until_s < now_s and any(self.inbox.values()):
                handled_until_s += self.record_s * self.handle_one_of_each()
            if not any(self.inbox.values()):
                handled_until_s = max(handled_until_s, now_s)
            for record in self.consumer.consume(10_000, timeout=POLL_S):
                self.inbox[record.partition()].append(record)

    def handle_one_of_each(self) -> int:
        records = [waiting.popleft() for waiting in self.inbox.values() if waiting]
        for record in records:
            self.consumer.store_offsets(record)
        return len(records)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("topic")
    parser.add_argument("records_per_s", type=float)
    parser.add_argument("settings", type=json.loads, help="of a librdkafka consumer, as JSON")
    member = ThrottledMember(**vars(parser.parse_args()))
    if sys.stdin.readline():
        member.join()
        member.work()


if __name__ == "__main__":
    main()

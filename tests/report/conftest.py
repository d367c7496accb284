"""Topics to report on."""

from __future__ import annotations

import tomllib
from html.parser import HTMLParser

import numpy as np
import pytest

from kafka_sizing import (
    CompositeKey,
    KeyLoads,
    MiB,
    TimeBuckets,
    compare_fixes,
    find_hot,
    place,
    plan_partitions,
    report,
)
from kafka_sizing.consumers import Arrivals, Crash, Deployment, MemberCapacity, SharesChange
from kafka_sizing.consumers.monitoring import LagSamples, diagnose_lag
from kafka_sizing.consumers.scaling import FixedMembers, KedaPolicy, KedaTrigger
from kafka_sizing.consumers.scenario import LagObjective, Scenario
from kafka_sizing.review import review_topic
from kafka_sizing.topic import (
    Cluster,
    Group,
    Keys,
    Producers,
    Retries,
    TopicDesign,
    Traffic,
    design_of,
    plan_topic,
    template_text,
)

HOSTILE = [
    "<script>alert(1)</script>",
    b"\xff\xfe\x80",
    "a & b",
    "\"double\" 'single'",
    "red\x1b[31m\x1b[2J",
    "two\nlines\r\tand tabs",
    "nul\x00byte",
    "right\u202eto\u2066left",
    "emoji 🦩",
    "",
    "漢字キー",
    "$\\frac{1}{2}$",
    "--> ]]> <!--",
    "{{ 7 * 7 }}{% raw %}",
    "long " * 2_000,
    "\x9b31m\x85\u2028",
]


@pytest.fixture(scope="session")
def hostile_keys():
    return KeyLoads(HOSTILE, [200.0 - at for at in range(len(HOSTILE))], sample_size=3_000)


@pytest.fixture(scope="session")
def hostile(hostile_keys):
    hot = find_hot(place(hostile_keys, 6), ratio=1.01)
    return hot, compare_fixes(hostile_keys, 6)


@pytest.fixture(scope="session")
def secret_names():
    return [f"secret-user-{100 + at}" for at in range(40)]


@pytest.fixture(scope="session")
def secret(secret_names):
    """A topic whose keys must not be seen; some of them are hot, and a fix lists them."""
    loads = [1_000.0, 600.0, *(10.0 for _ in secret_names[2:])]
    keys = KeyLoads(secret_names, loads, null_load=5, sample_size=2_000)
    hot = find_hot(place(keys, 12))
    return hot, compare_fixes(
        keys, 12, [*propose(keys), CompositeKey(4, hot_keys=secret_names[:2]), TimeBuckets(60)]
    )


def propose(keys):
    return [outcome.fix for outcome in compare_fixes(keys, 12).outcomes[1:]]


@pytest.fixture(scope="session")
def flights(carriers):
    return find_hot(place(carriers, 12)), compare_fixes(carriers, 12)


@pytest.fixture(scope="session")
def plan():
    return plan_partitions(
        250 * MiB,
        producer_bytes_per_s=50 * MiB,
        consumer_bytes_per_s=25 * MiB,
        headroom_fraction=0.3,
        growth_fraction_per_year=0.3,
        horizon_years=2,
        multiple_of={"<b>brokers</b>": 6},
    )


VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """Reads a page: its elements in order, its text, and whether every element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data):
        if data.strip() and "style" not in self.open:
            self.texts.append(" ".join(data.split()))


@pytest.fixture(scope="session")
def read_page():
    """Take a page apart."""
    return Page


@pytest.fixture(scope="session")
def busy_hour():
    """A group of 3 that a burst, a crash, a hot key and a deployment befall, and two policies.

    From 600 s to 900 s come 1,800 records/s, 600 more than 3 × 400 are read: 180,000 unread.
    """
    shares = np.full(6, 0.1)
    shares[4] = 0.5
    return Scenario(
        arrivals=Arrivals.steady(900).with_burst(at_s=600, for_s=300, ratio=2),
        shares=np.full(6, 1 / 6),
        member=MemberCapacity(400, start_s=20),
        members=3,
        duration_s=3_600,
        events=(
            Crash(at_s=120, member=1, back_after_s=60),
            SharesChange(at_s=1_800, shares=shares),
            Deployment(at_s=2_400, restart_s=15),
        ),
        retention_s=86_400,
        objective=LagObjective(oldest_unread_s=60, except_for_s=60),
        policies=(
            KedaPolicy(trigger=KedaTrigger(lag_threshold=2_000), least=3, most=6, name="<i>\x1b"),
            FixedMembers(6),
        ),
    )


@pytest.fixture(scope="session")
def played(busy_hour):
    """The same, simulated and compared."""
    return busy_hour.simulate(), busy_hour.compare()


@pytest.fixture(scope="session")
def lag_page(played, busy_hour):
    return report.lag_page(*played, objective=busy_hour.objective, title="billing")


@pytest.fixture(scope="session")
def hostile_lag_page(played):
    return report.lag_page(
        *played, title="<script>alert(1)</script>\u202e", inputs={"<a>": "\x1b[2J</td>"}
    )


@pytest.fixture(scope="session")
def hostile_samples():
    """Partition 1 stands from 300 s on; topic and member have names that do harm."""
    times = np.arange(0, 1_200, 30)
    ends = np.outer(times, [10, 10])
    committed = np.minimum(ends, [12_000, 3_000])
    return LagSamples.from_grid(
        times,
        committed,
        ends,
        partitions=[("<script>alert(1)</script>", 0), ("two\nlines\x1b[31m", 1)],
        members=["</td><b>member</b>\u202e", "quiet"],
        owner=np.tile([1, 0], (times.size, 1)),
    )


@pytest.fixture(scope="session")
def hostile_diagnosis_page(hostile_samples):
    return report.diagnosis_page(
        diagnose_lag(hostile_samples), hostile_samples, title="<img src=x>", inputs={"a": "<b>"}
    )


@pytest.fixture(scope="session")
def topic_template():
    """The design that `kafka-sizing init` writes, planned and reviewed."""
    plan = plan_topic(design_of(tomllib.loads(template_text())))
    return plan, review_topic(plan)


@pytest.fixture(scope="session")
def topic_bad():
    """Everything wrong at once, and names that do harm."""
    plan = plan_topic(
        TopicDesign(
            name="orders.bad",
            partitions=10,
            traffic=Traffic(
                write_bytes_per_s=2e6,
                record_bytes=500,
                key_bytes=10,
                peak_ratio=3,
                growth_fraction_per_year=0.2,
                horizon_years=1,
            ),
            keys=Keys(loads=KeyLoads(["<b>alice</b>", "bob\x1b[2J", b"\xff\x00"], [60, 20, 20])),
            producers=Producers(config={"acks": "1", "enable.idempotence": True}),
            groups=[
                Group(
                    name="<i>\x1b\u202e",
                    member_records_per_s=500,
                    members=4,
                    outage_s=3_600,
                    recovery_s=600,
                    delay_s=10,
                )
            ],
            retries=Retries(delays_s=(5, 600), failing_fraction=0.01),
            cluster=Cluster(
                brokers=3,
                zones=3,
                limits="MSK Standard m5.large",
                disk_bytes_per_broker=1e11,
                network_bytes_per_s_per_broker=1e7,
            ),
        )
    )
    return plan, review_topic(plan)


@pytest.fixture(scope="session")
def topic_page(topic_template):
    plan, review = topic_template
    return report.topic_page(plan, review=review)


@pytest.fixture(scope="session")
def hostile_topic_page(topic_bad):
    plan, review = topic_bad
    return report.topic_page(
        plan, review=review, title="<script>alert(2)</script>", inputs={"<a>": "</td>"}
    )

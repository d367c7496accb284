"""Room left on the brokers, and how far inputs may move: what is drawn of a plan."""

import dataclasses

import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from kafka_sizing.plot import room_left, sensitivity
from kafka_sizing.plot.colours import BLUE, GREEN, ORANGE, SKY_BLUE, VERMILLION, YELLOW
from kafka_sizing.topic import Cluster, Group, TopicDesign, Traffic, plan_topic
from kafka_sizing.topic.planning.room import limit_uses


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5)).subplots()


def planned(*, member_records_per_s=1_600, cluster=None, partitions=None, **traffic):
    return plan_topic(
        TopicDesign(
            name="orders",
            partitions=partitions,
            traffic=Traffic(
                write_bytes_per_s=2e6, record_bytes=500, **({"peak_ratio": 3} | traffic)
            ),
            groups=[Group(name="$x$ <b>", member_records_per_s=member_records_per_s)],
            cluster=cluster,
        )
    )


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def named(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_each_limit_has_a_bar_for_the_horizon_and_one_for_today(ax):
    plan = planned(
        cluster=Cluster(brokers=3, network_bytes_per_s_per_broker=40e6),
        growth_fraction_per_year=1,
        horizon_years=1,
    ).brokers
    assert room_left(plan, ax=ax) is ax
    uses = limit_uses(plan)
    widths = [bar.get_width() for bar in ax.patches]
    assert widths[0::2] == pytest.approx([use.horizon_share for use in uses])
    assert widths[1::2] == pytest.approx([use.today_share for use in uses])
    assert {bar.get_facecolor() for bar in ax.patches[0::2]} == {to_rgba(SKY_BLUE)}
    assert {bar.get_facecolor() for bar in ax.patches[1::2]} == {to_rgba(BLUE)}
    assert named(ax) == ["at the horizon", "today", "with one broker lost", "the limit"]


def test_a_note_repeats_the_shares(ax):
    # 6 MB/s at the peak into each of 3 brokers with 40 MB/s: 15 %.
    room_left(
        planned(cluster=Cluster(brokers=3, network_bytes_per_s_per_broker=40e6)).brokers, ax=ax
    )
    assert texts(ax)[:2] == [
        "network in, of a broker",
        "15.0 % at the horizon, 15.0 % today, 15.0 % with one broker lost",
    ]


def test_a_limit_that_is_passed_is_red_and_one_far_passed_cut_off(ax):
    # 6 MB/s over 4 MB/s is 150 %, over 0.5 MB/s 1,200 %.
    room_left(
        planned(cluster=Cluster(brokers=3, network_bytes_per_s_per_broker=4e6)).brokers, ax=ax
    )
    assert ax.patches[0].get_facecolor() == to_rgba(VERMILLION)
    assert ax.patches[0].get_width() == pytest.approx(1.5)
    assert "at the horizon, too much" in named(ax)
    far = Figure(figsize=(8, 5)).subplots()
    room_left(
        planned(cluster=Cluster(brokers=3, network_bytes_per_s_per_broker=5e5)).brokers, ax=far
    )
    assert far.patches[0].get_width() == 2
    assert far.patches[0].get_hatch() == "///"
    assert texts(far)[1].startswith("1,200 % at the horizon, ")


def test_what_is_only_advised_is_yellow_when_it_is_passed(ax):
    # 1,200 partitions in 3 replicas on 3 brokers: 1,200 replicas each, where 1,000 are advised.
    cluster = Cluster(brokers=3, limits="MSK Standard m5.large")
    room_left(planned(partitions=1_200, cluster=cluster).brokers, ax=ax)
    at = texts(ax).index("replicas per broker, recommended, only advised") // 2
    assert ax.patches[2 * at].get_facecolor() == to_rgba(YELLOW)
    assert "at the horizon, against advice" in named(ax)


def test_one_broker_that_cannot_be_lost_has_no_mark(ax):
    design = TopicDesign(
        name="orders",
        traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500),
        groups=[Group(name="billing", member_records_per_s=1_500)],
        replication_factor=1,
        cluster=Cluster(brokers=1),
    )
    room_left(plan_topic(design).brokers, ax=ax)
    assert "with one broker lost" not in named(ax)


def test_an_input_has_a_bar_to_each_side_it_may_move(ax):
    # 12,000 records/s at 1,600 a member: 7.5, so 8. At 8 × 1,600 it is full: 6.7 % more. At
    # 7 × 1,600, 6.7 % less, 7 are enough.
    assert sensitivity(planned().count, ax=ax) is ax
    assert ax.patches[0].get_width() == pytest.approx(-100 / 15)
    assert ax.patches[1].get_width() == pytest.approx(100 / 15)
    assert ax.patches[0].get_facecolor() == to_rgba(GREEN)
    assert ax.patches[1].get_facecolor() == to_rgba(ORANGE)
    assert texts(ax)[0] == "write rate"
    assert {"−6.7 %: 7", "+6.7 %: 9"} <= set(texts(ax))
    assert ax.get_xscale() == "symlog"
    assert named(ax) == [
        "beyond it 8 partitions are too few",
        "from there on fewer than 8 are enough",
    ]


def test_an_input_that_is_0_now_is_cut_off_and_says_so(ax):
    sensitivity(planned().count, ax=ax)
    (note,) = [text for text in texts(ax) if text.startswith("from 0")]
    assert note == "from 0: 9"
    assert ax.patches[-1].get_width() == 1_000
    assert ax.patches[-1].get_hatch() == "///"


def test_a_count_that_breaks_a_limit_shows_from_where_on_it_holds(ax):
    # 12,000 records/s on 4 partitions of 1,600 each: 6,400 is 47 % less; or 3,000 a member.
    sensitivity(planned(partitions=4).count, ax=ax)
    assert named(ax) == ["from there on 4 partitions hold"]
    assert {"−47 %: 4", "+88 %: 4"} <= set(texts(ax))


def test_without_an_input_that_matters_there_is_nothing_to_draw(ax):
    nothing = dataclasses.replace(planned().count, sensitivity=())
    assert not sensitivity(nothing, ax=ax).patches
    assert ax.get_xlabel() == "no input changes the count by itself"


@pytest.mark.parametrize(
    ("draw", "text"),
    [(room_left, "plan must be BrokerPlan"), (sensitivity, "count must be CountDecision")],
)
def test_what_cannot_be_drawn_is_refused(draw, text):
    with pytest.raises(TypeError, match=text):
        draw(None)

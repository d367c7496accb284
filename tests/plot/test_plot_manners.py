"""What every plot leaves alone: other Axes, settings, the screen; and keys drawn as they are."""

from functools import cache

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kafka_sizing import (
    KeyLoads,
    PartitionLoads,
    compare_fixes,
    expected_sweep,
    place,
    plan_growth,
    plan_partitions,
    plot,
    safe_shards,
    simulate_keyless,
    sweep_partitions,
)
from kafka_sizing.consumers import (
    Arrivals,
    Crash,
    LagSamples,
    Slowdown,
    assign,
    compare_policies,
    compare_protocols,
    simulate_lag,
)
from kafka_sizing.consumers.scaling import FixedMembers
from kafka_sizing.topic import Cluster, Group, Keys, Retries, TopicDesign, Traffic, plan_topic

HOSTILE = [
    "$x^2$",
    "$",
    r"\frac{1}{$",
    "_hidden",
    "<script>alert(1)</script>",
    "a\x00b",
    "two\nlines",
    "",
    "中文",
    "\u202egnp.exe",
    "\U0001f600\U0001faff",
    "x" * 2**20,
    b"\xff\xfe\x00",
    "%s{0}",
]
KEYS = KeyLoads(HOSTILE, [float(n) for n in range(len(HOSTILE), 0, -1)])
LOADS = place(KEYS, 6)


@cache
def comparison():
    return compare_fixes(KEYS, 6)


@cache
def simulation():
    return simulate_lag(
        Arrivals.steady(1_000).with_burst(at_s=400, for_s=60, ratio=3),
        partitions=12,
        member=320,
        members=4,
        duration_s=1_200,
        events=[
            Crash(at_s=60, member=2, back_after_s=200),
            Crash(at_s=60, member=1),
            Slowdown(at_s=700, for_s=400, capacity_fraction=0.2),
        ],
        retention_s=300,
    )


@cache
def samples():
    topics = [str(name) for name in HOSTILE]
    ends = [list(range(len(topics))), list(range(1, len(topics) + 1))]
    return LagSamples.from_grid(
        [0, 60], [[0] * len(topics)] * 2, ends, partitions=[(topic, 0) for topic in topics]
    )


@cache
def policies():
    return compare_policies(
        [FixedMembers(2), FixedMembers(4)],
        300,
        member=100,
        members=2,
        partitions=4,
        duration_s=600,
        lag_objective_s=60,
    )


@cache
def topic():
    return plan_topic(
        TopicDesign(
            name="_orders_",
            traffic=Traffic(write_bytes_per_s=2e6, record_bytes=500, peak_ratio=3),
            keys=Keys(loads=KEYS),
            groups=[
                Group(name=name, member_records_per_s=1_500) for name in ("$x^2$", "<b>\x1b", "_a")
            ],
            retries=Retries(delays_s=(1, 600), failing_fraction=0.1),
            cluster=Cluster(brokers=3, limits="MSK Standard m5.large", disk_bytes_per_broker=1e11),
        )
    )


DRAW = {
    "assignment": lambda ax: plot.assignment(assign({"$orders$": 6, "_refunds": 4}, 3), ax=ax),
    "group_throughput": lambda ax: plot.group_throughput(simulation(), ax=ax),
    "lag_by_partition": lambda ax: plot.lag_by_partition(simulation(), objective=9_000, ax=ax),
    "lag_by_partition of samples": lambda ax: plot.lag_by_partition(samples(), ax=ax),
    "lag_heatmap": lambda ax: plot.lag_heatmap(simulation(), unit="s", ax=ax),
    "policy_comparison": lambda ax: plot.policy_comparison(policies(), ax=ax),
    "policy_lag": lambda ax: plot.policy_lag(policies(), ax=ax),
    "policy_members": lambda ax: plot.policy_members(policies(), ax=ax),
    "rebalance_timeline": lambda ax: plot.rebalance_timeline(
        compare_protocols("crash", members=4, partitions=12, write_records_per_s=1_000), ax=ax
    ),
    "partition_loads": lambda ax: plot.partition_loads(LOADS, ratio=1.5, top_keys=14, ax=ax),
    "partition_sweep": lambda ax: plot.partition_sweep(
        sweep_partitions(KEYS, range(1, 60)), ax=ax
    ),
    "key_shares": lambda ax: plot.key_shares(KEYS, top_keys=14, ax=ax),
    "fix_comparison": lambda ax: plot.fix_comparison(comparison(), ax=ax),
    "before_after": lambda ax: plot.before_after(
        LOADS, place(KEYS, 12), names=("$a$", "_b"), ax=ax
    ),
    "lorenz_curve": lambda ax: plot.lorenz_curve(KEYS, ax=ax),
    "partition_limits": lambda ax: plot.partition_limits(
        plan_partitions(9.0, producer_bytes_per_s=1.0, upper_limits={"$a$": 20, "_b": 30}), ax=ax
    ),
    "retry_ladder": lambda ax: plot.retry_ladder(topic().retries, ax=ax),
    "room_left": lambda ax: plot.room_left(topic().brokers, ax=ax),
    "sensitivity": lambda ax: plot.sensitivity(topic().count, ax=ax),
    "expected_share": lambda ax: plot.expected_share(
        expected_sweep(KEYS, range(4, 30), rng=1), capacity_share=0.3, ax=ax
    ),
    "fix_frontier": lambda ax: plot.fix_frontier(comparison().frontier, ax=ax),
    "growth_path": lambda ax: plot.growth_path(
        plan_growth(
            None,
            100e6,
            growth_fraction_per_year=0.5,
            horizon_years=3,
            partition_bytes_per_s=10e6,
            partitions=12,
        ),
        ax=ax,
    ),
    "keyless_spread": lambda ax: plot.keyless_spread(
        simulate_keyless(1_000, partitions=6, duration_s=60, rng=1), ax=ax
    ),
    "safe_shards": lambda ax: plot.safe_shards(safe_shards(12, most_share=0.25), ax=ax),
}


@pytest.fixture(params=DRAW)
def draw(request):
    yield DRAW[request.param]
    plt.close("all")


def test_every_plot_is_tried_here():
    tried = {name.removesuffix(" of samples") for name in DRAW}
    assert {name for name in plot.__all__ if name != "key_label"} == tried


def test_a_plot_draws_on_the_axes_it_is_given_and_on_no_other(draw):
    open_before = len(plt.get_fignums())
    _, (theirs, ours) = plt.subplots(1, 2)
    plt.sca(theirs)
    assert draw(ours) is ours
    assert not theirs.has_data()
    assert plt.gca() is theirs
    assert len(plt.get_fignums()) == open_before + 1


def test_without_axes_a_plot_makes_one_new_figure(draw):
    open_before = len(plt.get_fignums())
    _, theirs = plt.subplots()
    ax = draw(None)
    assert isinstance(ax, Axes)
    assert ax.figure.axes == [ax]
    assert not theirs.has_data()
    assert len(plt.get_fignums()) == open_before + 2
    ax.figure.canvas.draw()


def test_a_plot_changes_no_setting_and_prints_nothing(draw, capsys):
    before = dict(mpl.rcParams)
    draw(Figure().subplots())
    assert dict(mpl.rcParams) == before
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("size", [(3.5, 2.6), (8, 4.5)])
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_hostile_names_are_drawn_without_a_warning(draw, size, layout):
    ax = draw(Figure(figsize=size, layout=layout).subplots())
    ax.figure.draw_without_rendering()


def test_a_plot_draws_on_part_of_a_figure(draw):
    part = Figure(figsize=(12, 5)).subfigures(1, 2)[0]
    draw(part.subplots()).figure.figure.draw_without_rendering()


@pytest.mark.parametrize("name", ["partition_loads", "key_shares"])
def test_keys_are_named_as_they_are(name):
    ax = DRAW[name](Figure(figsize=(12, 8)).subplots())
    texts = ax.get_legend().get_texts()
    shown = [text.get_text().rpartition(", ")[0] for text in texts]
    for label in ("$x^2$", "$", r"\frac{1}{$", "_hidden", "two\\nlines", "(empty)", "0xfffe00"):
        assert label in shown
    assert not any(text.get_parse_math() for text in texts)


@pytest.mark.parametrize("draw_keys", [plot.partition_loads, plot.key_shares])
def test_keys_are_masked_by_the_callers_rule(draw_keys):
    keys = KeyLoads(["alice", "bob"], [3, 1])
    result = place(keys, 1) if draw_keys is plot.partition_loads else keys
    ax = draw_keys(result, label_of=lambda key: f"key-{len(key)}", ax=Figure().subplots())
    shown = " ".join(text.get_text() for text in ax.get_legend().get_texts())
    assert "key-5, 75.0 %" in shown
    assert "alice" not in shown


def test_text_and_spines_keep_the_readers_colours(draw):
    with mpl.rc_context({"text.color": "red", "axes.edgecolor": "red", "xtick.color": "red"}):
        ax = draw(Figure().subplots())
    red = (1.0, 0.0, 0.0, 1.0)
    assert ax.spines["bottom"].get_edgecolor() == red
    texts = [*ax.texts, *(ax.get_legend().get_texts() if ax.get_legend() else ())]
    assert {mpl.colors.to_rgba(text.get_color()) for text in texts} <= {red}
    assert {mpl.colors.to_rgba(text.get_color()) for text in ax.get_xticklabels()} <= {red}


def test_loads_without_keys_need_no_names():
    ax = plot.partition_loads(PartitionLoads(loads=[1, 2]), ax=Figure().subplots())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["even share, 1.5 records"]

"""The picture of a ladder of retries: a bar per topic, what waits, what must pause."""

import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from kafka_sizing.plot.colours import GREY, SKY_BLUE, VERMILLION
from kafka_sizing.plot.retries import retry_ladder
from kafka_sizing.retries import plan_retries


def plan(**changes):
    inputs = {"delays_s": [1, 2, 600], "failing_fraction": 0.05, "topic": "orders"}
    return plan_retries(1_000, **(inputs | changes))


@pytest.fixture
def ax():
    return Figure(figsize=(8, 5)).subplots()


def ends(ax):
    return [bar.get_x() + bar.get_width() for bar in ax.patches]


def test_every_topic_is_a_bar_of_its_rate_from_the_top_down(ax):
    assert retry_ladder(plan(), ax=ax) is ax
    assert ends(ax) == pytest.approx([1_000, 50, 2.5, 0.125, 0.00625])
    middles = [bar.get_y() for bar in ax.patches]
    assert middles == sorted(middles)
    assert ax.yaxis_inverted()
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "written to the topic [records/s]"
    assert ax.get_xlim()[0] == pytest.approx(0.001)


def test_texts_name_the_topic_the_delay_and_what_is_held(ax):
    retry_ladder(plan(), ax=ax)
    assert [text.get_text() for text in ax.texts] == [
        "orders",
        "1,000 records/s",
        "retry 1 after 1 s  ·  orders-retry-1000",
        "50 records/s, 50 records waiting",
        "retry 2 after 2 s  ·  orders-retry-2000",
        "2.5 records/s, 5 records waiting",
        "retry 3 after 600 s  ·  orders-retry-600000",
        "0.125 records/s, 75 records waiting",
        "dead letters  ·  orders-dlt",
        # 0.00625/s for 14 days
        "0.00625 records/s, 7,560 records in 14 d",
    ]


def test_a_stage_that_must_pause_is_hatched_and_named_once(ax):
    retry_ladder(plan(delays_s=[1, 600, 900]), ax=ax)
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, False, True, True, False]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "must pause and poll on, not sleep"
    ]


def test_colours_tell_the_topic_its_retries_and_its_dead_letters(ax):
    retry_ladder(plan(), ax=ax)
    assert [bar.get_facecolor() for bar in ax.patches] == [
        to_rgba(colour) for colour in (GREY, SKY_BLUE, SKY_BLUE, SKY_BLUE, VERMILLION)
    ]


def test_no_pause_and_no_legend(ax):
    retry_ladder(plan(delays_s=[1]), ax=ax)
    assert ax.get_legend() is None


def test_a_topic_that_nothing_goes_into_has_no_bar(ax):
    retry_ladder(plan(failing_fraction=0), ax=ax)
    assert [bar.get_width() for bar in ax.patches][1:] == [0, 0, 0, 0]
    assert [text.get_text() for text in ax.texts].count("nothing") == 4
    assert ends(ax)[0] == pytest.approx(1_000)


def test_without_retries_there_are_the_topic_and_its_dead_letters(ax):
    retry_ladder(plan(delays_s=[]), ax=ax)
    assert ends(ax) == pytest.approx([1_000, 50])


def test_what_is_rarer_than_the_axis_is_long_is_drawn_at_its_start(ax):
    retry_ladder(plan(delays_s=[1] * 12), ax=ax)
    # 1,000/s over 12 decades
    assert ax.get_xlim()[0] == pytest.approx(1e-10)
    assert ax.patches[-1].get_width() == 0
    assert ax.texts[-1].get_text() == "1.22e-14 records/s, 0.0000000148 records in 14 d"


def test_long_topic_names_are_cut(ax):
    retry_ladder(plan(topic="x" * 200), ax=ax)
    assert all(len(text.get_text().replace("\n", "")) < 100 for text in ax.texts)


def test_new_figure_is_made_where_no_axes_are_given():
    import matplotlib.pyplot as plt

    made = retry_ladder(plan())
    assert made.figure.axes == [made]
    plt.close(made.figure)


def test_anything_but_a_plan_is_refused():
    with pytest.raises(TypeError, match=r"plan must be RetryPlan, as plan_retries gives, got int"):
        retry_ladder(3)

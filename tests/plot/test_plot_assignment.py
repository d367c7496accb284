"""The picture of an assignment: a row per member, a block per partition, marks and texts."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from kafka_sizing import PartitionLoads
from kafka_sizing.consumers.assignment import Assignment, assign
from kafka_sizing.plot.colours import GREY, KEY_COLOURS, SKY_BLUE, VERMILLION
from kafka_sizing.plot.owners import MOST_BLOCKS, assignment as draw

SEEN = Assignment.from_names({"orders": ["a", "a", "b", "b"], "refunds": ["a", None]})
NOW = Assignment(
    members=["a", "b", "c"],
    owners={"orders": [0, 1, 1, 0], "refunds": [0, -1]},
    loads={"orders": [1, 2, 3, 4], "refunds": [5, 6]},
    unit="records/s",
    previous=SEEN,
)


def _axes(width=8.0, height=4.5):
    return Figure(figsize=(width, height), dpi=100).subplots()


def _blocks(ax, colour=None):
    """Give the row, the left end, and the length of each block of a colour."""
    return sorted(
        (round(bar.get_y() + bar.get_height() / 2, 2), bar.get_x(), bar.get_width())
        for bar in ax.patches
        if colour is None or to_hex(bar.get_facecolor()).upper() == colour
    )


def _legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_block_is_as_long_as_its_load_and_coloured_by_topic():
    """Refunds carry 11 and orders 10, so refunds have the first colour."""
    ax = draw(NOW, ax=_axes())
    assert _blocks(ax, KEY_COLOURS[1]) == [(0, 0, 1), (0, 1, 4), (1, 0, 2), (1, 2, 3)]
    assert _blocks(ax, KEY_COLOURS[0]) == [(0, 5, 5), (3, 0, 6)]
    assert _legend(ax) == ["refunds", "orders", "had another owner", "even share"]
    assert ax.get_xlabel() == "load [records/s]"


def test_partitions_that_moved_carry_a_strip_in_the_lower_part_of_their_block():
    ax = draw(NOW, ax=_axes())
    strips = [
        bar for bar in ax.patches if to_hex(bar.get_facecolor()).upper() == VERMILLION
    ]  # orders 1 went from a to b, orders 3 from b to a
    assert sorted((bar.get_x(), bar.get_width()) for bar in strips) == [(0, 2), (1, 4)]
    for strip in strips:
        row = round(strip.get_y())
        assert strip.get_y() + strip.get_height() == pytest.approx(row + 0.42)
        assert strip.get_height() == pytest.approx(0.2016)


def test_rows_are_named_and_what_nobody_owns_has_its_own():
    ax = draw(NOW, ax=_axes())
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c", "nobody"]
    assert ax.yaxis_inverted()
    all_owned = draw(assign(4, 2), ax=_axes())
    assert [label.get_text() for label in all_owned.get_yticklabels()] == ["member-0", "member-1"]


def test_shares_stand_at_the_ends_and_numbers_in_the_blocks():
    ax = draw(NOW, ax=_axes())
    notes = [text.get_text() for text in ax.texts if "%" in text.get_text()]
    assert notes == ["66.7 %", "33.3 %"]
    assert [text.get_text() for text in ax.texts if text.get_text() == "idle"] == ["idle"]
    numbers = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert sorted(numbers) == ["0", "0", "1", "1", "2", "3"]


def test_the_number_of_a_block_with_a_strip_stands_higher():
    ax = draw(NOW, ax=_axes())
    heights = {
        (text.get_text(), round(text.get_position()[1])): text.get_position()[1]
        for text in ax.texts
        if text.get_text().isdigit()
    }
    assert heights["2", 1] == 1
    assert heights["3", 0] == pytest.approx(-0.1008)


def test_the_even_share_is_a_line_across_the_rows_alone():
    ax = draw(NOW, ax=_axes())
    (line,) = ax.collections
    (segment,) = line.get_segments()
    assert segment.tolist() == [[5, -0.6], [5, 3.6]]  # 10 + 5 over three members


def test_a_note_does_not_lie_on_the_line():
    even = Assignment(members=["a", "b"], owners={"t": [0, 1]}, loads={"t": [9.6, 10.4]})
    ax = draw(even, ax=_axes())
    notes = {text.get_text(): text.xy[0] for text in ax.texts if "%" in text.get_text()}
    assert notes == {"48.0 %": 10, "52.0 %": 10.4}


def test_a_number_does_not_lie_on_the_line_where_there_is_room_beside_it():
    ax = draw(
        Assignment(
            members=["a", "b", "c", "d"],
            owners={"t": [0, 1, 2, 3]},
            loads={"t": [19.8, 20.2, 0.01, 0.01]},
        ),
        ax=_axes(),
    )
    left, right = (ax.texts[[text.get_text() for text in ax.texts].index(n)] for n in ("0", "1"))
    assert left.get_position()[0] < 9.9  # the even share is 10.005, the middles 9.9 and 10.1
    assert right.get_position()[0] > 10.1
    ax.figure.canvas.draw()
    for text in (left, right):
        ends = ax.transData.inverted().transform(text.get_window_extent())[:, 0]
        assert not ends[0] <= 10.005 <= ends[1]


def test_a_number_stays_in_its_block_where_there_is_no_room_beside_the_line():
    even = Assignment(
        members=["a", "b"], owners={"t": [0, 0, 0, 1]}, loads={"t": [9.5, 1, 9.5, 0]}
    )
    ax = draw(even, ax=_axes(width=4.0))
    numbers = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert numbers["1"] == 10


def test_without_loads_partitions_are_counted():
    ax = draw(assign(24, 6), ax=_axes())
    assert ax.get_xlabel() == "partitions"
    assert {width for _, _, width in _blocks(ax, SKY_BLUE)} == {1}
    assert all(tick == int(tick) for tick in ax.get_xticks())
    assert _legend(ax) == ["topic", "even share"]


def test_loads_are_written_in_the_unit_that_reads_best():
    loads = PartitionLoads(loads=[2 * 2**20, 2**20], unit="bytes/s")
    ax = draw(assign(2, 2, loads=loads), ax=_axes())
    assert ax.get_xlabel() == "load [MiB/s]"
    assert _blocks(ax) == [(0, 0, 2), (1, 0, 1)]
    assert draw(assign(2, 2, loads=[1, 2]), ax=_axes()).get_xlabel() == "load"


def test_topics_beyond_the_colours_are_grey_together():
    ax = draw(assign({f"t{at}": 9 - at for at in range(9)}, 2), ax=_axes())
    assert _legend(ax) == [*(f"t{at}" for at in range(6)), "3 other topics", "even share"]
    assert sum(width for _, _, width in _blocks(ax, GREY)) == 3 + 2 + 1


def test_above_a_thousand_partitions_those_of_a_topic_are_one_block():
    count = MOST_BLOCKS // 2 + 1
    before = assign({"a": count, "b": count}, 2, assignor="sticky")
    after = assign({"a": count, "b": count}, 3, assignor="sticky", previous=before)
    ax = draw(after, ax=_axes())
    assert len(ax.patches) < 20
    assert not [text for text in ax.texts if text.get_text().isdigit()]
    moved = _blocks(ax, VERMILLION)
    assert sum(width for _, _, width in moved) == after.moves
    assert sum(width for _, _, width in _blocks(ax)) == 2 * count + after.moves
    at_most = draw(assign(MOST_BLOCKS, 2), ax=_axes())
    assert len(at_most.patches) == MOST_BLOCKS


def test_where_rows_are_too_low_some_names_and_all_notes_are_left_out():
    ax = draw(assign(200, 50), ax=_axes(4, 3))
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names[:2] == ["member-00", "member-02"]
    assert len(names) == 25
    assert not ax.texts


def test_a_new_figure_is_as_tall_as_its_members_need():
    ax = draw(assign(200, 50))
    plt.close(ax.figure)
    assert len(ax.get_yticklabels()) == 50
    assert len([text for text in ax.texts if text.get_text().isdigit()]) == 200


def test_no_load_at_all_is_drawn():
    ax = draw(assign(2, 2, loads=[0, 0]), ax=_axes())
    assert ax.get_xlim()[1] > 1
    ax.figure.draw_without_rendering()


def test_names_are_drawn_as_they_are():
    hostile = ["$x^2$", "_a", "two\nlines", "x" * 99]
    ax = draw(Assignment(members=hostile, owners={"$": [0, 1, 2, 3], "_b": [0]}), ax=_axes())
    labels = ax.get_yticklabels()
    assert [label.get_text() for label in labels][:3] == ["$x^2$", "_a", "two\\nlines"]
    assert not any(label.get_parse_math() for label in labels)
    assert _legend(ax)[:2] == ["$", "_b"]
    ax.figure.draw_without_rendering()


def test_what_is_said_of_blocks_wins():
    ax = draw(assign(2, 1), ax=_axes(), fc="#000000", height=0.5, lw=3)
    assert [bar.get_height() for bar in ax.patches] == [0.5, 0.5]
    assert {to_hex(bar.get_facecolor()) for bar in ax.patches} == {"#000000"}
    assert {bar.get_linewidth() for bar in ax.patches} == {3}


def test_only_assignments_are_drawn():
    with pytest.raises(TypeError, match="assignment must be Assignment, as assign gives, got int"):
        draw(3)

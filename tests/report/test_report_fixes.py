"""Fixes side by side, and how surely each holds, in a report."""

from kafka_sizing import CompositeKey, KeyBuckets, NoKey, compare_fixes, find_hot, place, report
from kafka_sizing.fixes import WChoices
from kafka_sizing.report.fixes import comparison as table_of, way_out_sentence


def column(table, name):
    at = table.columns.index(name)
    return [row[at] for row in table.rows]


def test_each_fix_says_under_how_many_hashes_it_holds(carriers):
    fixes = [
        KeyBuckets(120),
        CompositeKey(2, hot_keys=["OO"], placed="consecutive"),
        WChoices(records=1_000),
        NoKey(),
    ]
    compared = compare_fixes(carriers, 19, fixes, capacity=0.18 * carriers.total, certainty=0.95)
    told = table_of(compared)
    as_is = compared.certainties[0].probability
    assert column(told, "holds under") == [
        f"{100 * as_is:.1f} %",
        "these keys",
        "not known",
        f"{100 * compared.certainties[3].probability:.1f} %",
        "these keys",
    ]
    assert column(told, "holds") == ["not surely", "yes", "not surely", "unordered", "unordered"]
    text = report.text(find_hot(place(carriers, 19)), compared, width=500)
    assert "of 59 replays with other hashes keep every partition below it" in text
    assert "certainty wanted" in text


def test_without_a_certainty_there_is_no_such_column(carriers):
    told = table_of(compare_fixes(carriers, 12, [NoKey()], capacity=50_000))
    assert told.columns[-1] == "fits"
    assert "holds under" not in told.columns


def test_the_way_out_is_said_where_no_fix_holds(carriers):
    none = compare_fixes(carriers, 12, [], capacity=50_000)
    assert way_out_sentence(none) == f"The way out: {none.way_out.reason}."
    assert way_out_sentence(compare_fixes(carriers, 12, [], capacity=90_000)) is None
    text = " ".join(report.text(find_hot(place(carriers, 12)), none).split())
    assert text.index("No fix fits") < text.index("The way out: impossible while keys stay whole")

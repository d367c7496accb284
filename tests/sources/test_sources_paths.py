"""Which files a path stands for, and whether they are what their names say."""

import gzip
import os
from pathlib import Path

import pytest

from kafka_sizing.sources.paths import find_logs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.csv", "a.csv", "c.tsv", "sub/d.csv", "sub/_hidden.csv", ".git/e.csv", "x.log"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("key\na\n")
    return tmp_path


def names(*paths):
    return [log.path for log in find_logs(paths)]


def test_a_glob_gives_its_matches_in_order(folder):
    assert names("?.csv") == ["a.csv", "b.csv"]


def test_two_stars_reach_into_folders(folder):
    assert names("**/*.csv") == ["a.csv", "b.csv", "sub/_hidden.csv", "sub/d.csv"]


def test_a_folder_stands_for_the_logs_below_it_without_hidden_ones(folder):
    assert names(".") == ["a.csv", "b.csv", "c.tsv", "sub/d.csv"]


def test_a_file_named_twice_is_read_once(folder):
    assert names("a.csv", "a*.csv") == ["a.csv"]


def test_a_file_whose_name_looks_like_a_glob_is_a_file(folder):
    (folder / "[ab].csv").write_text("key\na\n")
    assert names("[ab].csv") == ["[ab].csv"]


def test_the_ending_says_how_to_read_a_file_in_any_case(tmp_path):
    path = tmp_path / "LOG.JSONL.GZ"
    path.write_bytes(gzip.compress(b'{"key": "a"}\n'))
    (log,) = find_logs(path)
    assert (log.format, log.compression) == ("JSON lines", "gzip")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("none.csv", r"file must exist, got 'none\.csv'"),
        ("none*.csv", r"glob must match at least one file, got 'none\*\.csv'"),
    ],
)
def test_what_is_not_there_is_named(folder, given, message):
    with pytest.raises(FileNotFoundError, match=message):
        find_logs(given)


def test_a_folder_without_logs_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="folder must hold a log"):
        find_logs(tmp_path)


@pytest.mark.parametrize("name", ["x.log", "x.parquet.gz", "x.csv.bz2", "x"])
def test_an_unknown_ending_is_refused_with_those_that_are_known(tmp_path, name):
    (tmp_path / name).write_text("key\na\n")
    with pytest.raises(ValueError, match=r"file name must end in \.csv, .* \.gz or \.zst"):
        find_logs(tmp_path / name)


def test_an_empty_name_is_not_the_folder_one_is_in(folder, monkeypatch):
    monkeypatch.chdir(folder)
    with pytest.raises(ValueError, match="paths must name files, got an empty name"):
        find_logs("")


def test_a_file_name_of_other_bytes_is_refused(tmp_path):
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv")
    Path(path).write_text("key\na\n")
    with pytest.raises(ValueError, match=r"file name must be UTF-8, got b'.*caf\\xe9\.csv'"):
        find_logs(path)


def test_no_path_at_all_is_refused():
    with pytest.raises(ValueError, match="paths must name at least one file"):
        find_logs([])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "must hold records, got an empty file"),
        ("a.csv.gz", gzip.compress(b"", mtime=0), "must hold records, got an empty file inside"),
        ("a.csv", gzip.compress(b"key\na\n", mtime=0), "must be CSV, as its name says, got gzip"),
        ("a.csv.gz", b"key\na\n", "must be gzip, as its name says, got something else"),
        (
            "a.csv.zst",
            gzip.compress(b"key\na\n", mtime=0),
            "must be zstd, as its name says, got gzip",
        ),
        ("a.parquet", b"key\na\n", "must be Parquet, as its name says, got something else"),
        ("a.tsv", b"PAR1\x15\x04", "must be TSV, as its name says, got Parquet"),
        ("a.jsonl", b"key,load\na,1\n", "must be JSON lines, as its name says, got text that"),
        ("a.csv", b'{"key": "a"}\n', "must be CSV, as its name says, got JSON"),
        ("a.csv", "key\na\n".encode("utf-16"), "must be CSV, as its name says, got UTF-16 text"),
        ("a.json", b"PK\x03\x04zip", "must be JSON, as its name says, got a zip archive"),
        ("a.csv.gz", gzip.compress(b"key\na\n", mtime=0)[:12], "must be whole gzip data"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as caught:
        find_logs(path)
    assert str(path) in str(caught.value)

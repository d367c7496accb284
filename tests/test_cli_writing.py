"""What a command writes is there whole, or what was there before stays."""

import os
import resource
import stat
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from kafka_sizing.cli import main
from kafka_sizing.cli.writing import write_whole


@contextmanager
def little_room():
    """Let no file grow beyond 1,000 bytes, as on a disk that fills; that of pytest neither."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_file_is_written_with_the_rights_of_any_new_file(tmp_path):
    path = tmp_path / "page.html"
    write_whole(path, "ü")
    plain = tmp_path / "plain"
    plain.write_text("")
    assert path.read_text(encoding="utf-8") == "ü"
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_file_that_is_replaced_keeps_its_rights_and_a_link_leads_to_it(tmp_path):
    path, link = tmp_path / "page.html", tmp_path / "link.html"
    path.write_text("old")
    path.chmod(0o640)
    link.symlink_to(path)
    write_whole(link, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)
    assert link.is_symlink()
    assert set(tmp_path.iterdir()) == {path, link}


@pytest.mark.parametrize("there", ["old", None])
def test_a_disk_that_fills_leaves_what_was_there(tmp_path, there):
    path = tmp_path / "page.html"
    if there is not None:
        path.write_text(there)
    with pytest.raises(OSError, match=r"page\.html"), little_room():
        write_whole(path, "x" * 100_000)
    assert [each.read_text() for each in tmp_path.iterdir()] == ([there] if there else [])


def test_the_command_says_which_file_has_no_room(tmp_path, capsys):
    log, page = tmp_path / "log.txt", tmp_path / "page.html"
    log.write_text("a\nb\n")
    with little_room():
        code = main(["keys", str(log), "--partitions", "3", "--html", str(page)])
    assert code == 2
    assert capsys.readouterr().err == f"error: File too large: {page}\n"
    assert list(tmp_path.iterdir()) == [log]


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-c", f"print(open({str(pipe)!r}).read())"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as reader:
        write_whole(pipe, "through")
        assert reader.communicate(timeout=30)[0] == "through\n"
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_folder_that_takes_no_file_is_named(tmp_path):
    missing = tmp_path / "nowhere" / "page.html"
    with pytest.raises(FileNotFoundError) as raised:
        write_whole(missing, "x")
    assert Path(raised.value.filename) == missing

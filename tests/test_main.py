"""The entry point of the command."""

import builtins

from kafka_sizing.__main__ import main


def test_ctrl_c_while_the_command_is_loading_ends_it_in_one_line(monkeypatch, capsys):
    real = builtins.__import__

    def interrupted(name, *args, **kwargs):
        if name == "kafka_sizing" and args[2] == ("cli",):
            raise KeyboardInterrupt
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    assert main() == 130
    assert capsys.readouterr().err == "error: interrupted\n"

"""The command line: which command is meant, what it says, and its exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from swmr_viewer import __version__, cli
from swmr_viewer.commands import demo, window
from swmr_viewer.core.conditions import AllKeys, FileClosed, FinishedFlag, Timeout
from swmr_viewer.core.errors import FileNotThereError
from swmr_viewer.reader.messages import FollowRequest
from swmr_viewer.watching.scan_files import WatchRule


def started(*arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the real command to its end."""
    return subprocess.run([sys.executable, "-m", "swmr_viewer", *arguments], capture_output=True, text=True, timeout=120, **more)


def parsed(*arguments: str) -> FollowRequest | None:
    name, rest = cli.split_command(list(arguments))
    assert name == cli.WINDOW
    return window.request_from(cli.parser_of(name, window).parse_args(rest))


def pretend(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    """Let every command be this function."""
    command = SimpleNamespace(add_arguments=lambda parser: None, run=run)
    monkeypatch.setattr(cli, "_module_of", lambda name: command)


def test_version() -> None:
    done = started("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"swmr-viewer {__version__}\n", "")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    out = capsys.readouterr().out
    for name in cli.COMMANDS:
        assert f"swmr-viewer {name}" in out


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([name, "--help"]) == 0
    assert f"usage: swmr-viewer {name}" in capsys.readouterr().out


@pytest.mark.parametrize("name", [cli.WINDOW, *cli.COMMANDS])
def test_asking_for_help_loads_neither_hdf5_nor_qt(name: str) -> None:
    arguments = ["--help"] if name == cli.WINDOW else [name, "--help"]
    ask = f"import sys; from swmr_viewer.cli import main; main({arguments!r}); print(sorted({{'h5py', 'PySide6'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_command_or_file() -> None:
    assert cli.split_command(["demo", "--seconds", "3"]) == ("demo", ["--seconds", "3"])
    assert cli.split_command(["./demo"]) == (cli.WINDOW, ["./demo"])
    assert cli.split_command(["scan.nxs", "demo"]) == (cli.WINDOW, ["scan.nxs", "demo"])
    assert cli.split_command([]) == (cli.WINDOW, [])


def test_window_without_a_file_is_empty() -> None:
    assert parsed() is None


def test_window_with_everything() -> None:
    given = parsed("s.nxs", "--keys", "/a", "/b", "--keys", "/c", "--data", "/d", "--finished", "/f", "--timeout", "3")
    ends = (FinishedFlag(), AllKeys(), FileClosed(), Timeout(3.0))
    assert given == FollowRequest(path="s.nxs", key_paths=("/a", "/b", "/c"), data_paths=("/d",), finished_path="/f", conditions=ends)


def test_nothing_is_kept_from_one_command_line_to_the_next() -> None:
    parsed("s.nxs", "--keys", "/a")
    again = parsed("s.nxs")
    assert again is not None
    assert again.key_paths == ()


def test_paths_without_a_file_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--keys", "/a", "s.nxs"]) == 2
    assert "Put the file first" in capsys.readouterr().err


def test_a_folder_to_watch() -> None:
    def watched(*argv: str) -> object:
        return window.watch_from(cli.parser_of(cli.WINDOW, window).parse_args(argv))

    assert watched("s.nxs") is None
    assert watched("--watch", "visit") == WatchRule("visit")
    assert watched("--watch", "visit", "--pattern", "*_master.h5", "--newest", "name") == WatchRule("visit", "*_master.h5", "name")
    template = parsed("--watch", "visit", "--keys", "/a", "--timeout", "3")
    assert template == FollowRequest("", ("/a",), conditions=(FinishedFlag(), AllKeys(), FileClosed(), Timeout(3.0)))


@pytest.mark.parametrize("argv", [["--pattern", "*.nxs"], ["--newest", "name"], ["s.nxs", "--pattern", "*"], ["--watch", " "]])
def test_a_pattern_without_a_folder_is_refused(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(argv) == 2
    assert "swmr-viewer --watch FOLDER" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["-1", "nan", "soon", ""])
def test_impossible_timeout(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["s.nxs", "--timeout", value]) == 2
    assert "is not a number of seconds" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "-1", "inf", "nan"])
def test_impossible_length_of_the_demo(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["demo", "--seconds", value]) == 2
    assert "seconds" in capsys.readouterr().err


@pytest.mark.parametrize("length_s", [0.5, 1, 5, 60, 3600])
def test_the_demo_lasts_as_long_as_asked(length_s: float) -> None:
    options = demo.scan_options(length_s)
    rows, columns = map(int, options[options.index("--scan") + 1].split("x"))
    period_s = float(options[options.index("--period") + 1])
    assert rows * columns * period_s == pytest.approx(length_s, rel=0.01)
    assert 6 <= rows * columns <= demo.MOST_FRAMES * 1.05
    assert rows <= columns


def test_status_of_the_command_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, lambda args: 3)
    assert cli.main(["follow"]) == 3


def test_error_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(args: object) -> int:
        raise FileNotThereError("There is no file scan.nxs.", "Check the name.")

    pretend(monkeypatch, fail)
    assert cli.main(["inspect"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "swmr-viewer: There is no file scan.nxs. Check the name.\n")


def test_ctrl_c_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(args: object) -> int:
        raise KeyboardInterrupt

    pretend(monkeypatch, interrupt)
    assert cli.main(["follow"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_ctrl_c_is_quiet_while_modules_are_loaded() -> None:
    speak = """
import os, signal, sys
from swmr_viewer import cli
def load(name):
    try:
        os.kill(os.getpid(), signal.SIGINT)
        sys.stdin.read()
    except BaseException as error:  # as numpy does
        raise ImportError("numpy's C-extensions failed") from error
cli.import_module = load
sys.exit(cli.main(["follow"]))
"""
    ended = subprocess.run([sys.executable, "-c", speak], capture_output=True, stdin=subprocess.DEVNULL, text=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")


def test_reader_of_our_output_that_left_is_no_error() -> None:
    speak = """
import sys
from types import SimpleNamespace
from swmr_viewer import cli
def run(args):
    sys.stdin.readline()  # the other side has gone
    print("word\\n" * 100_000)
    return 0
cli._module_of = lambda name: SimpleNamespace(add_arguments=lambda parser: None, run=run)
sys.exit(cli.main(["follow"]))
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", speak], text=True, **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write("go\n")
        process.stdin.close()
        words = process.stderr.read()
        assert process.wait(60) == 141
    assert words == ""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")
def test_no_display_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    done = started(str(tmp_path / "scan.nxs"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "There is no display" in done.stderr

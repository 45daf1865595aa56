"""The long runs, short: nothing grows, nothing is lost; and what would grow is found."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.reliability.soak.__main__ import PARTS, Sizes, main
from tests.reliability.soak.files_part import soak_files
from tests.reliability.soak.judging import DECODING_THREADS, FEWEST, Row, grown
from tests.reliability.soak.sampling import ROLES, Held, Sample, held_by
from tests.reliability.soak.steady import Steady
from tests.reliability.soak.steady_part import soak_steady

LIMIT_S = 300.0
LEFT_ALONE = {"n_slots": 4, "n_qt_objects": 1000, "n_objects": 10_000, "n_values": 0, "longest_turn_ms": 1.0}


def a_sample(number: int, *, memory: float = 1e8, handles: int = 20, n_values: int = 0, reader_threads: int = 2) -> Sample:
    held = {**dict.fromkeys(ROLES, Held(5e7, 10, 2)), "window": Held(memory, handles, 8), "reader": Held(5e7, 10, reader_threads)}
    return Sample(float(number), held, 4, frozenset({"/dev/shm/one"}), {**LEFT_ALONE, "n_values": n_values}, number)


def those_that_grew(rows: list[Row]) -> list[str]:
    return [row.what for row in rows if row.is_growth]


def test_where_nothing_changes_nothing_grew() -> None:
    assert those_that_grew(grown([a_sample(number) for number in range(20)])) == []


OPENS_FOR_EACH_LINE = "import sys; kept = [(open(line.rstrip()), print('open', flush=True)) for line in sys.stdin]"


def test_handles_that_are_left_open_are_found(tmp_path: Path) -> None:
    (tmp_path / "left_open").touch()
    samples, command, pipe = [], [sys.executable, "-c", OPENS_FOR_EACH_LINE], subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as opens:  # nothing else opens or closes anything in it
        assert opens.stdin is not None
        assert opens.stdout is not None
        for number in range(20):
            if number % 4 == 0:
                print(tmp_path / "left_open", file=opens.stdin, flush=True)
                assert opens.stdout.readline() == "open\n"
            samples.append(a_sample(number, handles=held_by(psutil.Process(opens.pid)).handles))
        opens.stdin.close()
    assert those_that_grew(grown(samples)) == ["handles, window"]


def test_threads_of_a_reader_are_those_that_decode_and_no_more() -> None:
    for n_more, grew in ((DECODING_THREADS, []), (DECODING_THREADS + 1, ["threads, reader"])):
        samples = [a_sample(number, reader_threads=2 + (n_more if number > 10 else 0)) for number in range(20)]
        assert those_that_grew(grown(samples)) == grew


def test_memory_may_grow_by_the_values_that_are_kept_and_by_no_more() -> None:
    kept = [a_sample(number, memory=1e8 + 4e6 * number, n_values=500_000 * number) for number in range(20)]
    assert those_that_grew(grown(kept)) == []
    lost = [a_sample(number, memory=1e8 + 4e6 * number) for number in range(20)]
    assert those_that_grew(grown(lost)) == ["memory, window"]


def test_a_few_samples_are_not_judged() -> None:
    with pytest.raises(ValueError, match="too few"):
        grown([a_sample(number) for number in range(FEWEST - 1)])


def test_a_limit_shortens_each_part_in_proportion() -> None:
    whole = Sizes()
    total_s = sum(map(whole.seconds, PARTS))
    half = whole.shortened(PARTS, total_s / 2)
    assert (half.n_frames, half.hour_s, half.n_files) == (whole.n_frames // 2, whole.hour_s / 2, whole.n_files // 2)
    assert whole.shortened(PARTS, 2 * total_s) == whole
    assert half.words(("files",)) == "250 files"


@pytest.mark.slow
@pytest.mark.live
def test_twenty_thousand_frames_are_told_measured_and_reduced_and_nothing_grows(tmp_path: Path) -> None:
    result = soak_steady("frames", Steady(20_000), tmp_path, LIMIT_S)
    assert result.is_good, result.text()


@pytest.mark.slow
@pytest.mark.live
def test_twelve_files_one_after_another_leave_nothing(tmp_path: Path) -> None:
    result = soak_files(12, tmp_path, LIMIT_S)
    assert result.is_good, result.text()


@pytest.mark.slow
@pytest.mark.live
def test_at_ten_hertz_nothing_grows_and_the_command_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    status = main(["--part", "hour", "--seconds", "90", "--minutes", "0.15", "--folder", str(tmp_path), "--json", str(figures)])
    said = capsys.readouterr().out
    assert status == 0, said
    assert said.startswith("0.1 minutes at 10 Hz; shortened from 1.5 minutes at 10 Hz\n")
    assert "hour: good" in said
    assert "90 frames of 256x256 written" in said
    assert '"is_good": true' in figures.read_text()

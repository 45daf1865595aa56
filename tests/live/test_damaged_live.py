"""A few damaged files through the commands; ``python -m tests.live.damaged`` takes more of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.damaged import FAULTS, outcomes, run, sound_files

pytestmark = [pytest.mark.live, pytest.mark.slow]

N_FILES = 5


def test_damage_costs_no_more_than_frames(tmp_path: Path) -> None:
    found = list(outcomes(tmp_path, N_FILES, seed=5, commands=("follow", "inspect")))
    assert len(found) == 2 * N_FILES
    assert not [outcome for outcome in found if outcome.verdict in FAULTS]
    assert sum(outcome.n_frames for outcome in found) > 30  # not everything was refused
    assert any(outcome.verdict == "refused" for outcome in found)


def test_the_files_are_sound_before_they_are_damaged(tmp_path: Path) -> None:
    for sound in sound_files(tmp_path):
        if sound.has_checksums:
            path = tmp_path / "sound.h5"
            path.write_bytes(sound.content)
            outcome = run(path, sound.name, "follow")
            assert (outcome.n_frames, outcome.n_wrong, outcome.words) == (sound.n_frames, 0, ""), sound.name

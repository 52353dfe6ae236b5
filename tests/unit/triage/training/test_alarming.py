"""How the alarm layer's lines are read and its threshold is chosen."""

from __future__ import annotations

import numpy as np
import pytest

from hearwell.triage.training.alarming import threshold_for
from hearwell.triage.training.sets import BadLineError, alarm_lines


def test_every_other_line_is_kept_apart(tmp_path):
    (tmp_path / "en.tsv").write_text("S\tone\n.\ttwo\nL\tthree\n", "utf8")
    (tmp_path / "en.more.tsv").write_text("S\tfour\n", "utf8")

    found = {one.text: one.is_check for one in alarm_lines(tmp_path)}

    assert found == {"one": True, "two": False, "three": True, "four": False}


@pytest.mark.parametrize("line", ["S", "Q\ttext", "S\t"])
def test_a_line_that_cannot_be_read_is_named(tmp_path, line):
    (tmp_path / "en.tsv").write_text(line + "\n", "utf8")

    with pytest.raises(BadLineError, match="line 1"):
        alarm_lines(tmp_path)


def test_no_text_is_both_learned_and_kept_apart():
    lines = alarm_lines()
    apart = {one.text for one in lines if one.is_check}

    assert not apart & {one.text for one in lines if not one.is_check}


def test_the_threshold_leaves_room_for_what_the_tables_ring_for():
    scores = np.arange(10, dtype=np.float32)
    ruled = np.zeros(10, dtype=bool)
    assert threshold_for(scores, ruled, 0.2) == 7

    ruled[9] = True
    assert threshold_for(scores, ruled, 0.2) == 7
    assert threshold_for(scores, ruled, 0.0) == 8

"""The desk of the benchmark learns as the product does: by steps, and anew after fifty lessons."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from bench._triage_desk import Desk, as_asked, as_they_come, quieted
from bench._triage_streams import stream_of
from hearwell.triage.training.metrics import auc
from tests.minds import small_model

START = datetime(2015, 11, 1)  # noqa: DTZ001  as the sets tell it
WORDS = ("north", "south", "east", "west", "red", "green", "blue", "grey", "oak", "elm", "ash")


def a_stream(n: int = 260):
    """Return who waits for a plumber, and who only chats about one, latest first."""
    told = [
        (
            START - timedelta(minutes=at),
            f"{'pipe leaks' if at % 3 == 0 else 'nice pipe'} at {WORDS[at % 11]} {WORDS[at % 7]}",
            at % 3 == 0,
            "leak",
        )
        for at in range(n)
    ]
    return stream_of("plumber", told)


def test_a_stream_is_in_the_order_of_time_and_tells_each_story_once() -> None:
    stream = a_stream()
    assert stream.texts[-1] == "pipe leaks at north north"
    assert len(stream) == 260
    kept = [stream.texts[row] for row in stream.once]
    assert len(kept) == len(set(kept)) < 100


@pytest.mark.parametrize("way", [as_they_come, as_asked])
def test_a_desk_teaches_and_is_measured_on_what_comes_later(way) -> None:
    stream = a_stream()
    desk = Desk(small_model(), stream)
    way(desk, np.arange(60), 30)
    assert len(set(desk.rows)) == 30
    assert max(desk.rows) < 60
    assert auc(stream.complains[60:], desk.complaints()[60:]) > 0.95
    with pytest.raises(ValueError, match="30 labels are not enough"):
        desk.quieting(0.02)


def test_a_desk_quiets_as_the_product_would() -> None:
    stream = a_stream()
    desk = Desk(small_model(), stream)
    desk.teach(np.arange(200))
    assert desk.versions > 1
    at = desk.quieting(0.02)
    assert at.answers >= stream.complains[:200].sum()
    gone = quieted(desk.opinions(stream, at.threshold))[200:]
    assert not gone[stream.complains[200:]].any()

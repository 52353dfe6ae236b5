"""`hearwell triage`, as it is typed."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hearwell.triage.training import alarming, sets
from hearwell.triage.training.card import FIGURES, card
from hearwell.triage.training.cli import triage
from hearwell.triage.training.making import SHIPPED, shipped_is_of
from hearwell.triage.training.words import TRIAGE, hash_of_words


def run(*words: object):
    return CliRunner().invoke(triage, [str(word) for word in words])


@pytest.fixture
def csv(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(
        "text,label\nmy parcel never arrived,complaint\nwhere is my order?,question\n"
        "thank you so much!,praise\nyour driver was rude to me,complaint\n",
        "utf8",
    )
    return path


def test_eval_prints_every_figure(csv):
    found = run("eval", csv)

    assert found.exit_code == 0, found.output
    for said in ("kind on 4 texts", "macro-F1", "calibration error", "texts/s", "told (across)"):
        assert said in found.output


def test_eval_gives_json(csv):
    figures = json.loads(run("eval", csv, "--json").output)

    assert figures["n"] == 4
    assert sum(map(sum, figures["confusion"])) == 4
    assert 0 <= figures["calibration_error"] <= 1


def test_a_class_of_one_and_an_unknown_one_are_told_plainly(csv, tmp_path):
    one = tmp_path / "one.csv"
    one.write_text("text,label\nhelp,complaint\n", "utf8")
    assert "AUC                none: needs two labels" in run("eval", one).output

    one.write_text("text,label\nhelp,complaint\nhm,rage\n", "utf8")
    found = run("eval", one)
    assert found.exit_code == 1
    assert "rage is no label of kind" in found.output


def test_training_without_the_sets_says_where_they_should_be(tmp_path):
    found = run("train", "--data", tmp_path)

    assert found.exit_code == 1
    assert "ibm_care_conversations.jsonl.gz is not here" in found.output


def test_the_card_is_of_the_shipped_model(pytestconfig):
    assert (pytestconfig.rootpath / "docs/reference/model-card.md").read_text("utf8") == card()


def test_the_shipped_model_is_of_these_labels():
    folder = sets.data_folder()
    if not (folder / "goemotions.csv.gz").exists():
        pytest.skip("the public sets are not here: set HEARWELL_DATA")
    assert shipped_is_of(folder) == json.loads(FIGURES.read_text("utf8"))["version"]
    told = json.loads((SHIPPED / alarming.FIGURES).read_text("utf8"))
    assert alarming.shipped_is_of(folder) == told["version"]


def test_other_words_make_another_version(tmp_path):
    (tmp_path / "cues.py").write_text("ANGRY = 'livid'", "utf8")
    before = hash_of_words(tmp_path)
    (tmp_path / "matters" / "words").mkdir(parents=True)
    (tmp_path / "matters" / "words" / "en.txt").write_text("[sick]\nfever\n", "utf8")
    assert len({before, hash_of_words(tmp_path), hash_of_words(TRIAGE)}) == 3


def test_alarms_prints_totals_and_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    from hearwell.triage.training import making, sets

    apart = {
        "en": [
            sets.Example("there is a gas leak in our flat, help", {}, "written", urgency="S"),
            sets.Example("my lawyer will hear of it", {}, "written", urgency="L"),
            sets.Example("what a lovely scarf", {}, "written", urgency="."),
        ]
    }
    monkeypatch.setattr(making, "kept_apart", lambda _folder: apart)

    said = CliRunner().invoke(triage, ["alarms"])

    assert said.exit_code == 0, said.output
    assert "alarm 1.000 of 2" in said.output
    assert "falsely urgent 0.000 of 1" in said.output
    assert "gas" not in said.output

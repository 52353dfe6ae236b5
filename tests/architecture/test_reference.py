"""The pages of the reference that the code makes are what the code says, and can be found."""

from __future__ import annotations

import re
from pathlib import Path

from tools import docs

ROOT = Path(__file__).resolve().parents[2]


def test_the_made_pages_are_up_to_date():
    assert docs.out_of_date() == [], "run: python tools/docs.py"


def test_a_stale_page_is_found(tmp_path, monkeypatch):
    for name, make in docs.PAGES.items():
        (tmp_path / name).write_text(make(), "utf-8")
    monkeypatch.setattr(docs, "REFERENCE", tmp_path)
    assert docs.out_of_date() == []
    (tmp_path / "events.md").write_text("old", "utf-8")
    (tmp_path / "settings.md").unlink()
    assert sorted(docs.out_of_date()) == ["events.md", "settings.md"]


def test_every_page_of_the_reference_is_linked_from_the_front():
    front = (ROOT / "docs" / "README.md").read_text("utf-8")
    linked = set(re.findall(r"\(reference/([\w-]+\.md)\)", front))
    assert linked == {path.name for path in docs.REFERENCE.glob("*.md")}


def test_no_link_of_a_made_page_leads_nowhere():
    for name in docs.PAGES:
        text = (docs.REFERENCE / name).read_text("utf-8")
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert (docs.REFERENCE / target).exists(), (name, target)

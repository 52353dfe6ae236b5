"""The lint that keeps tables to their own services can tell right from wrong."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tools import writers

IMPORT = "from hearwell.conversations.models import Case\n"
BULK = IMPORT + "Case.objects.filter(id=1).update(status='closed')"


def found(tmp_path: Path, where: str, text: str) -> list[str]:
    source = tmp_path / "src" / "hearwell"
    path = source / where
    path.parent.mkdir(parents=True)
    path.write_text(text)
    (source / "conversations").mkdir(exist_ok=True)
    (source / "conversations" / "models.py").touch()
    return list(writers.complaints(path, source, ast.parse(text)))


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("web/views.py", BULK),
        ("routing/services.py", BULK),
        ("conversations/queries.py", BULK),
        ("web/views.py", IMPORT + "Case.objects.create(title='x')"),
        ("web/views.py", "def close(case):\n    case.save()"),
        ("reports/queries.py", "SQL = 'UPDATE conversations_case SET status = 1'"),
        ("conversations/queries.py", "SQL = 'DELETE FROM conversations_case'"),
    ],
)
def test_it_finds_a_foreign_writer(tmp_path, where, text):
    assert found(tmp_path, where, text)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("conversations/services.py", BULK),
        ("conversations/services/closing.py", BULK),
        ("conversations/tasks.py", BULK),
        ("web/views.py", IMPORT + "Case.objects.filter(id=1).count()"),
        ("web/views.py", "def go(page, post):\n    speaking.delete(page, post)"),
        ("reports/study.py", "SQL = 'INSERT INTO archive_rows VALUES (1)'"),
        ("web/views.py", "def go(request):\n    request.session.save()"),
        ("web/views.py", "def go(case):\n    case.save()  # writes: an example of an excuse"),
        ("conversations/services.py", "SQL = 'INSERT INTO conversations_case VALUES (1)'"),
    ],
)
def test_it_leaves_a_rightful_writer_alone(tmp_path, where, text):
    assert not found(tmp_path, where, text)

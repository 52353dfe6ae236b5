"""Only a capability's own services write its tables. Imports cannot show it; this does.

Found are: writing calls on a model's manager (`Case.objects.filter(…).update(…)`), bulk
inserts through `kit.rows`, `.save()` and `.delete()` on objects, and SQL that writes.
Allowed are a package's `services` (file or folder), `tasks.py`, `models` (their managers)
and `migrations`. A line that must be an exception says so: `# writes: why`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

WRITERS = frozenset({"services", "tasks", "models", "migrations"})
MANAGER_VERBS = frozenset({
    "create", "bulk_create", "update", "bulk_update", "get_or_create", "update_or_create",
    "delete", "acreate", "aupdate", "adelete",
})  # fmt: skip
OBJECT_VERBS = frozenset({"save", "delete"})
# Things with a save() that are no tables.
NO_TABLES = frozenset({"session", "form", "image", "file", "storage"})
WRITING_SQL = re.compile(
    r"\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE|TRUNCATE(?:\s+TABLE)?)\s+\"?([a-z]+)_[a-z_]+\b"
)
# Pure Python packages: what they save or delete is not in our database.
TABLELESS = frozenset({"connect", "connectors", "kit"})
EXCUSE = "# writes:"


def complaints(path: Path, source: Path, tree: ast.Module) -> Iterator[str]:
    """Yield one line for each write in `path` that is not this file's to do."""
    parts = path.relative_to(source).with_suffix("").parts
    owner = parts[0]
    may_write = len(parts) > 1 and parts[1] in WRITERS
    lines = path.read_text().splitlines()
    if owner in TABLELESS:
        return
    models = _imported_models(tree, owner)
    for line, table_owner, what in _writes(tree, models):
        if table_owner and not _has_tables(source / table_owner):
            continue
        is_own = table_owner in (owner, "")
        if (is_own and may_write) or EXCUSE in lines[line - 1]:
            continue
        whose = f"of {table_owner}" if table_owner else "of some model"
        yield f"{path.relative_to(source.parent.parent)}:{line}: {what} writes a table {whose}"


def _has_tables(package: Path) -> bool:
    return (package / "models.py").exists() or (package / "models").is_dir()


def _imported_models(tree: ast.Module, owner: str) -> dict[str, str]:
    """Return class name → package, for models imported from hearwell.<package>.models."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            words = node.module.split(".")
            if words[0] == "hearwell" and "models" in words:
                found |= {alias.asname or alias.name: words[1] for alias in node.names}
        elif isinstance(node, ast.ClassDef):
            found.setdefault(node.name, owner)
    return found


def _writes(tree: ast.Module, models: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from _written_by_call(node.func, models, has_arguments=bool(node.args))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            for match in WRITING_SQL.finditer(node.value):
                yield node.lineno, match.group(1), "SQL"


def _written_by_call(
    func: ast.Attribute, models: dict[str, str], *, has_arguments: bool
) -> Iterator[tuple[int, str, str]]:
    names = list(_chain(func.value))
    line = func.end_lineno or func.lineno
    if "objects" in names and func.attr in MANAGER_VERBS:
        model = names[names.index("objects") + 1] if names.index("objects") + 1 < len(names) else ""
        yield line, models.get(model, ""), f".{func.attr}()"
    # A row's own save() and delete() take no positional arguments; functions of that name do.
    elif func.attr in OBJECT_VERBS and names and not (has_arguments or NO_TABLES & set(names)):
        yield line, "", f".{func.attr}()"


def _chain(node: ast.expr) -> Iterator[str]:
    """Yield the names of a dotted chain from right to left, looking through calls."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            break
    if isinstance(node, ast.Name):
        yield node.id

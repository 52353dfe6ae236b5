"""The wizard's answers as its forms give them."""

from __future__ import annotations

from typing import Any, Final

from django.http import QueryDict

from hearwell.accounts.rules import READERS as ROLES
from hearwell.strategy.queries import KINDS, Standing
from hearwell.strategy.rules import LONGEST, Path, Shift
from hearwell.web.admin.playbook.words import WATCH

MOST_ROWS: Final = 60


def networks_in(form: QueryDict, here: Standing) -> dict[str, Any]:
    """Read what is watched: a choice for each network that is heard."""
    said = {n: form.get(f"n-{n}", "") for n in here.networks}
    kept = {n: how for n, how in here.answers.networks.items() if n not in said}
    fresh = {network: how for network, how in said.items() if how in WATCH}
    return {"networks": kept | fresh, "elsewhere": form.get("elsewhere", "")[:LONGEST]}


def rota_in(form: QueryDict, _here: Standing) -> dict[str, Any]:
    """Read the shifts: rows in their order, without the removed and the empty."""
    found = []
    for n in range(MOST_ROWS):
        owner = form.get(f"{n}-owner")
        if owner is None:
            break
        shift = _shift(form, n, owner)
        is_empty = not (owner or shift.backup or shift.days)
        if not form.get(f"{n}-remove") and not is_empty:
            found.append(shift)
    return {"rota": tuple(found)}


def _shift(form: QueryDict, n: int, owner: str) -> Shift:
    kind, _, key = owner.partition(":")
    return Shift(
        days=tuple(sorted({int(d) for d in form.getlist(f"{n}-days") if d in set("0123456")})),
        starts=form.get(f"{n}-starts", "").strip(),
        ends=form.get(f"{n}-ends", "").strip(),
        team=key if kind == "team" else "",
        person=key if kind == "person" else "",
        backup=form.get(f"{n}-backup", ""),
        calendar=form.get(f"{n}-calendar", ""),
    )


def paths_in(form: QueryDict, here: Standing) -> dict[str, Any]:
    """Read how each kind is solved; what is not known is left out."""
    names = here.names
    paths = {}
    for kind in KINDS:
        team, promise = form.get(f"{kind}-team", ""), form.get(f"{kind}-promise", "")
        paths[kind] = Path(
            words=form.get(f"{kind}-words", "")[:LONGEST],
            promise=promise if promise in names.promises else "",
            team=team if team in names.teams else "",
            replies=tuple(r for r in form.getlist(f"{kind}-replies") if r in names.replies),
        )
    return {"paths": paths}


def roles_in(form: QueryDict, _here: Standing) -> dict[str, Any]:
    """Read what each role decides alone."""
    return {"roles": {str(role): form.get(f"r-{role}", "")[:LONGEST] for role in ROLES}}


READERS: Final = {
    "networks": networks_in,
    "rota": rota_in,
    "paths": paths_in,
    "roles": roles_in,
}

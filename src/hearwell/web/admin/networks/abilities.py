"""What each network can and cannot do, as its connector says it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.accounts.access import MemberRequest, requires
from hearwell.connect.abilities import Ability, Group, portrait_of
from hearwell.connect.registry import all_connectors
from hearwell.web.admin.frame import draw


@dataclass(frozen=True)
class AbilityFace:
    """An ability in the reader's language."""

    title: str
    can: str
    words: str


def ability_face(ability: Ability) -> AbilityFace:
    """Translate an ability and fill in its figures."""
    values = {name: number_format(n, force_grouping=True) for name, n in ability.values.items()}
    said = [_(ability.words) % values] if ability.words else []
    said += [capfirst(", ".join(_(word) for word in ability.listed))] if ability.listed else []
    return AbilityFace(_(ability.title), ability.can.value, " ".join(said))


@requires("view_health")
@require_safe
def abilities(request: MemberRequest) -> HttpResponse:
    """Show every network, ability by ability, under the same headings."""
    portraits = sorted(map(portrait_of, all_connectors()), key=lambda one: not one.is_connectable)
    shown = [
        {
            "network": one.network,
            "title": one.title,
            "is_connectable": one.is_connectable,
            "is_by_contract": one.is_by_contract,
            "groups": [
                (_(group.value), [ability_face(ability) for ability in one.of(group)])
                for group in Group
            ],
        }
        for one in portraits
    ]
    return draw(request, "abilities", "settings_networks", {"portraits": shown})

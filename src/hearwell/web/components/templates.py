"""Approved templates as the composer offers them: one to choose, its blanks, what it will say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hearwell.connect.templates import Template


@dataclass(frozen=True)
class BlankFace:
    """A blank of a template: its field, what it is called, an example, what was filled in."""

    name: str
    label: str
    sample: str = ""
    value: str = ""


@dataclass(frozen=True)
class TemplateFace:
    """A template in the list."""

    key: str
    title: str
    is_chosen: bool = False


@dataclass(frozen=True)
class TemplateChoice:
    """What can be sent once the window has closed, and the one that is being filled in.

    `is_asked`: somebody just chose it, whose caret belongs into its first blank.
    """

    network: str
    faces: Sequence[TemplateFace]
    blanks: Sequence[BlankFace] = ()
    said: str = ""
    is_asked: bool = False

    @property
    def has_blanks(self) -> bool:
        """Whether there is something to fill in."""
        return bool(self.blanks)


def field_of(place: int) -> str:
    """Return the name of the field of a blank, by its place in the template."""
    return f"blank-{place}"


def choice_of(
    network: str, templates: Sequence[Template], text: str, given: Mapping[str, str]
) -> TemplateChoice:
    """Return the choice; the template chosen is the one asked for, else the one the text says."""
    chosen, values = _chosen(templates, text, given)
    faces = [TemplateFace(one.key, one.title, one is chosen) for one in templates]
    if chosen is None:
        return TemplateChoice(network, faces)
    samples = dict(chosen.samples)
    blanks = [
        BlankFace(field_of(place), _label(blank), samples.get(blank, ""), values.get(blank, ""))
        for place, blank in enumerate(chosen.blanks)
    ]
    is_asked = "template" in given and not all(values.get(one) for one in chosen.blanks)
    return TemplateChoice(network, faces, blanks, chosen.text(values), is_asked)


def given_values(template: Template, given: Mapping[str, str]) -> dict[str, str]:
    """Return what was filled in, by blank; in one line each, as networks want it."""
    words = {blank: given.get(field_of(n), "") for n, blank in enumerate(template.blanks)}
    return {blank: " ".join(said.split()) for blank, said in words.items()}


def _chosen(
    templates: Sequence[Template], text: str, given: Mapping[str, str]
) -> tuple[Template | None, Mapping[str, str]]:
    asked = next((one for one in templates if one.key == given.get("template")), None)
    if asked is not None:
        return asked, given_values(asked, given)
    for one in templates:
        filled = one.filled_as(text) if text.strip() else None
        if filled is not None:
            return one, dict(filled.values)
    return None, {}


def _label(blank: str) -> str:
    part, _colon, name = blank.partition(":")
    if name.isdigit():
        words = _("Heading, blank %(number)s") if part == "header" else _("Blank %(number)s")
        return words % {"number": name}
    return name.replace("_", " ").capitalize()

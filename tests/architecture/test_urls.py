"""Every address, as a stranger and as somebody without a membership."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter, StringConverter, UUIDConverter

from hearwell.accounts.access import POLICY_ATTRIBUTE
from hearwell.config import urls  # noqa: F401 -- so that a broken list fails here by name

EXAMPLES = {
    UUIDConverter: str(uuid.UUID(int=7)),
    IntConverter: "7",
    SlugConverter: "example",
    StringConverter: "example",
}
# What may come of a page that is not for you: sign in first, not found, not allowed,
# not by this method, too late.
CLOSED = {301, 302, 400, 401, 403, 404, 405, 410}
# Their own packages guard these; what they let strangers see is theirs to test.
FOREIGN = ("allauth.", "ninja.", "django.")


def patterns(resolver: URLResolver, prefix: str = "/") -> Iterator[tuple[str, URLPattern]]:
    """Yield (an example address, pattern) for every view there is."""
    for entry in resolver.url_patterns:
        address = prefix + example(entry)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, address)
        else:
            yield address, entry


def example(entry: URLPattern | URLResolver) -> str:
    """Fill a pattern with example values."""
    text = str(entry.pattern)
    for name, converter in entry.pattern.converters.items():
        value = next((v for kind, v in EXAMPLES.items() if isinstance(converter, kind)), "example")
        for kind in ("uuid:", "int:", "str:", "slug:", "path:", ""):
            text = text.replace(f"<{kind}{name}>", value)
    return text.removeprefix("^").removesuffix("$")


def is_foreign(view: Any) -> bool:
    function = getattr(view, "func", view)  # ninja hands out functools.partial
    return str(getattr(function, "__module__", "")).startswith(FOREIGN)


ALL = [(address, entry) for address, entry in patterns(get_resolver()) if "(" not in address]
OURS = [(address, entry) for address, entry in ALL if not is_foreign(entry.callback)]
CLOSED_TO_STRANGERS = [
    address
    for address, entry in OURS
    if getattr(entry.callback, POLICY_ATTRIBUTE, "") not in ("", "public")
]


def test_there_are_pages():
    assert len(OURS) > 10
    assert CLOSED_TO_STRANGERS


@pytest.mark.parametrize(("address", "entry"), OURS, ids=[address for address, _ in OURS])
def test_every_view_declares_who_may_see_it(address, entry):
    """`@public` or `@requires(…)`: forgetting both must not pass."""
    assert getattr(entry.callback, POLICY_ATTRIBUTE, None), entry.callback


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", CLOSED_TO_STRANGERS)
def test_a_stranger_is_sent_away(client, address, method):
    response = getattr(client, method)(address)
    assert response.status_code in CLOSED
    if response.status_code in (301, 302):
        assert response["location"].startswith(("/account/login/", "/login/", "/sandbox/")), address


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("address", CLOSED_TO_STRANGERS)
def test_a_signed_in_person_without_membership_sees_nothing(client, charlie, address, method):
    client.force_login(charlie)
    response = getattr(client, method)(address)
    assert response.status_code in CLOSED - {301, 302}, response.headers

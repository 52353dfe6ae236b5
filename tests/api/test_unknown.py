"""An address that no call has is answered like every other error: for programs, to everybody."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/nothing", "/nothing/", "/cases/x/y/z", "/../v1/x", ""])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address_is_a_problem(method, path):
    stranger = Client(enforce_csrf_checks=True)
    answer = stranger.generic(method, f"/api/v1{path}")
    other = stranger.generic(method, "/api/v1/elsewhere", headers={"authorization": "Bearer hw_x"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.content == other.content
    assert answer.json()["code"] == "not_found"

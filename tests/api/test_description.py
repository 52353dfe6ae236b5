"""What is committed of the API is what the code does."""

from __future__ import annotations

import re
from html import escape

from django.test import Client

from hearwell.api.description import committed, described, reference


def test_the_committed_description_is_the_codes():
    """Changed on purpose? `hearwell openapi --write`, and say so in the changelog."""
    assert committed() == described()


def test_version_1_is_only_ever_added_to():
    paths = {(o.method, o.path) for _, operations in reference().groups for o in operations}
    assert {
        ("GET", "/api/v1/cases"),
        ("GET", "/api/v1/cases/{case_id}"),
        ("GET", "/api/v1/cases/{case_id}/messages"),
        ("POST", "/api/v1/cases/{case_id}/replies"),
        ("POST", "/api/v1/cases/{case_id}/notes"),
        ("POST", "/api/v1/cases/{case_id}/claim"),
    } <= paths


def test_the_reference_page_shows_every_call(db):
    page = Client().get("/api/docs")
    assert page.status_code == 200
    text = page.content.decode()
    for _, operations in reference().groups:
        for operation in operations:
            assert escape(operation.summary) in text
            assert operation.path in text


def test_it_obeys_the_content_security_policy(db):
    """No script, no inline style, nothing from elsewhere."""
    page = Client().get("/api/docs")
    text = page.content.decode()
    assert "<script" not in text
    assert not re.search(r"<style|\sstyle=|\son\w+=", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)
    assert "default-src 'self'" in page["Content-Security-Policy"]


def test_the_document_is_given_to_programs(db):
    answer = Client().get("/api/openapi.json")
    assert answer["Content-Type"].startswith("application/json")
    assert answer.json()["info"]["title"] == "Hearwell API"

"""The installable app: a manifest with icons, a worker, and a page without anybody's data."""

from __future__ import annotations

import json
import struct

import pytest
from django.contrib.staticfiles import finders


def test_the_manifest_names_icons_of_the_size_they_have(client, db):
    answer = client.get("/app.webmanifest")
    told = json.loads(answer.content)
    assert answer["Content-Type"] == "application/manifest+json"
    assert {one["purpose"] for one in told["icons"]} == {"any", "maskable"}
    for one in told["icons"]:
        path = finders.find(one["src"].removeprefix("/static/"))
        with open(path, "rb") as file:  # noqa: PTH123 -- a path that Django found
            size = struct.unpack(">II", file.read(24)[16:24])
        assert one["sizes"] == "{}x{}".format(*size)


@pytest.mark.parametrize("number", range(3))
def test_its_shortcuts_lead_somewhere(client, owner, number):
    told = json.loads(client.get("/app.webmanifest").content)
    assert owner.get(told["shortcuts"][number]["url"]).status_code == 200


def test_the_worker_is_served_at_the_root_and_asked_for_anew(client, db):
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    assert answer.content.decode().startswith("const KNOWN = {")


def test_the_page_that_browsers_keep_is_the_same_for_everybody(client, owner):
    mine = owner.get("/offline/").content.decode()
    assert mine == client.get("/offline/").content.decode()
    assert "Alice" not in mine
    assert "csrf" not in mine


def test_pages_of_the_app_name_the_manifest(owner):
    assert '<link rel="manifest" href="/app.webmanifest">' in owner.get("/me/").content.decode()

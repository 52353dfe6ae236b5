"""What the linters of `make check` do not look at in the container image and the compose file."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SECRET = re.compile(r"(SECRET|PASSWORD|TOKEN|KEY)\w*\s*[=:]\s*[^\s$]", re.IGNORECASE)


def said(word: str) -> list[str]:
    """The arguments of every instruction of this name in the image that is shipped."""
    shipped = DOCKERFILE[DOCKERFILE.rindex("FROM ") :].replace("\\\n", " ")
    return re.findall(rf"^{word} (.*)$", shipped, re.MULTILINE)


def test_its_base_is_named_to_the_version_and_the_release():
    bases = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+(\.\d+)?-slim-[a-z]+(@sha256:[0-9a-f]{64})?", bases[0])


def test_it_runs_as_nobody_in_particular():
    (user,) = said("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


def test_it_holds_no_secret():
    for text in (DOCKERFILE, (ROOT / "compose.yaml").read_text(encoding="utf-8")):
        assert not SECRET.search(text)
    assert {".git", ".venv"} <= set((ROOT / ".dockerignore").read_text().split())


def test_what_it_installs_is_locked_by_hash():
    installs = re.findall(r"pip install [^\n]*", DOCKERFILE)
    assert installs
    for one in installs:
        assert "--require-hashes" in one or "--no-deps" in one or "==" in one, one


def test_it_says_whether_it_lives():
    (command,) = said("HEALTHCHECK")
    assert "/health/live" in command


def test_composed_it_can_write_to_its_volume_alone_and_needs_no_rights():
    (service,) = COMPOSE["services"].values()
    assert service["read_only"] is True
    assert len(service["tmpfs"]) == 1
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])

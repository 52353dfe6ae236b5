"""Seal and open what channels must keep secret, each value bound to its row.

Ingress secrets verify deliveries; the gateway opens them. Egress secrets can speak for a brand;
the web process can seal them and never open them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from hearwell.channels.models import Consent, Credential, Endpoint
from hearwell.connect.model import IngressSecrets
from hearwell.kit.keyrings import egress, ingress
from hearwell.kit.resealing import SealedColumn, several
from hearwell.kit.seal import EgressKeyring

_OPENERS = frozenset({"worker", "listen"})


def _egress() -> EgressKeyring:
    return egress(_OPENERS)


def _endpoint_place(endpoint_id: UUID) -> bytes:
    return f"channels_endpoint:{endpoint_id}:sealed".encode()


def _credential_place(workspace_id: UUID, channel_id: UUID) -> bytes:
    return f"{workspace_id}:channels_credential:{channel_id}:sealed".encode()


def sealed_ingress(endpoint_id: UUID, secrets: IngressSecrets) -> bytes:
    """Return the ingress secrets of an endpoint as they are stored."""
    plain = json.dumps({"signing": secrets.signing, "challenge": secrets.challenge}).encode()
    return ingress().seal(plain, _endpoint_place(endpoint_id))


def opened_ingress(endpoint: Endpoint) -> IngressSecrets:
    """Return an endpoint's secrets; empty ones if it has none. Raises kit.seal.UnsealError."""
    if not endpoint.sealed:
        return IngressSecrets(signing=())
    sealed = bytes(endpoint.sealed)
    plain = json.loads(ingress().open(sealed, _endpoint_place(endpoint.id)))
    return IngressSecrets(signing=tuple(plain["signing"]), challenge=plain["challenge"])


def sealed_egress(workspace_id: UUID, channel_id: UUID, secrets: Mapping[str, str]) -> bytes:
    """Return an account's secrets as they are stored."""
    plain = json.dumps(dict(secrets)).encode()
    return _egress().seal(plain, _credential_place(workspace_id, channel_id))


def opened_egress(credential: Credential) -> dict[str, str]:
    """Return an account's secrets, those that were laid over later in front.

    Raises kit.seal.KeyMissingError where it may not be done.
    """
    place = _credential_place(credential.workspace_id, credential.channel_id)
    opened: dict[str, str] = {}
    for sealed in (credential.sealed, *credential.laid_over):
        newer = json.loads(_egress().open(bytes(sealed), place))
        opened |= {name: value for name, value in newer.items() if value}
    return opened


def _consent_place(workspace_id: UUID, consent_id: UUID) -> bytes:
    return f"{workspace_id}:channels_consent:{consent_id}:sealed".encode()


def sealed_keep(workspace_id: UUID, consent_id: UUID, keep: Mapping[str, str]) -> bytes:
    """Return what a connector wants back after a consent, as it is stored.

    With the ingress key: it is the web process that sends the person away and takes them back.
    """
    plain = json.dumps(dict(keep)).encode()
    return ingress().seal(plain, _consent_place(workspace_id, consent_id))


def opened_keep(workspace_id: UUID, consent_id: UUID, sealed: bytes) -> dict[str, str]:
    """Return it. Raises kit.seal.UnsealError."""
    place = _consent_place(workspace_id, consent_id)
    opened: dict[str, str] = json.loads(ingress().open(sealed, place))
    return opened


def _place_of(row: Credential) -> bytes:
    return _credential_place(row.workspace_id, row.channel_id)


SEALED: Final = (
    SealedColumn(Endpoint, "sealed", ingress, lambda row: _endpoint_place(row.id)),
    SealedColumn(Credential, "sealed", _egress, _place_of),
    SealedColumn(Credential, "laid_over", _egress, _place_of, several),
    SealedColumn(Consent, "sealed", ingress, lambda row: _consent_place(row.workspace_id, row.id)),
)

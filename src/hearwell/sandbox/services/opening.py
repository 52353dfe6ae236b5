"""Open the sandbox for a workspace, close it, and hand out the keys to the brand's page."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from hearwell.accounts.models import User, Workspace
from hearwell.accounts.services import AuditEntry, record_audit
from hearwell.channels.models import Channel, ChannelState
from hearwell.channels.services import connect_channel, pause
from hearwell.connect.model import IngressSecrets
from hearwell.kit.clock import now
from hearwell.kit.scope import scope
from hearwell.sandbox.models import Faults, Page, Profile
from hearwell.sandbox.rules import address_for, hue_of

BRAND, HANDLE = "Northwind Air", "northwindair"
BIO = "Flying between 41 cities since 1987. Ask us anything: someone is awake day and night."
CARE, CARE_HANDLE = "Northwind Care", "northwindcare"
CARE_BIO = "Help for passengers of Northwind Air, day and night."
PLACE = "Everywhere we land"
TOKEN_LIFE = timedelta(days=60)


def open_for(workspace: Workspace, *, by: User | None = None) -> Channel:
    """Open Harbour's pages in a workspace and connect the brand's page as a channel.

    Idempotent: opening again keeps people, posts and the channel, and makes new keys.
    """
    with scope(workspace.id):
        page = _page(workspace)
        access, refresh = issue_tokens(page)
        channel = connect_channel(
            workspace_id=workspace.id,
            network="sandbox",
            handle=HANDLE,
            external_id=str(page.profile_id),
            brand=BRAND,
            settings={"base_url": api_address(page)},
            secrets={"access": access, "refresh": refresh},
            ingress=_ingress(page),
            scopes=("read", "write"),
            is_demo=True,
            actor=by,
        )
        page.channel_id, page.is_open, page.may_write = channel.id, True, True
        page.save(update_fields=["channel_id", "is_open", "may_write"])
        _audit(page, "sandbox.opened", by)
        return channel


@dataclass(frozen=True, slots=True)
class Keys:
    """What somebody needs to connect the page by hand; shown once."""

    address: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)


def make_keys(
    workspace: Workspace,
    *,
    may_write: bool = True,
    is_sister: bool = False,
    by: User | None = None,
) -> Keys:
    """Open Harbour's pages if need be, and make keys for whoever is to speak as the page.

    Or as its sister, the brand's second account, made here if it is new. Connects nothing. The keys
    before are dead: a channel that used them has to be connected anew.
    """
    with scope(workspace.id):
        page = _page(workspace)
        if is_sister:
            Page.objects.filter(id=page.id).update(is_open=True)
            page = _sister_of(page)
        page.is_open, page.may_write = True, may_write
        page.save(update_fields=["is_open", "may_write"])
        access, refresh = issue_tokens(page)
        _audit(page, "sandbox.keys_made", by)
        return Keys(api_address(page), access, refresh)


def api_address(page: Page) -> str:
    """Where the page's API is."""
    return f"{settings.HEARWELL_URL}/sandbox/api/{page.address}"


def adopt_channel(workspace_id: UUID, channel_id: UUID, external_id: str) -> None:
    """Speak from now on through a channel that was connected by hand, if it is the page's own."""
    Page.objects.filter(workspace_id=workspace_id, profile_id=UUID(external_id)).update(
        channel_id=channel_id
    )


def _page(workspace: Workspace) -> Page:
    pages = Page.objects.select_for_update().select_related("profile")
    page = pages.filter(is_sister=False).first()
    if page is not None:
        return page
    profile = Profile.objects.create(
        workspace_id=workspace.id, handle=HANDLE, name=BRAND, bio=BIO, place=PLACE,
        hue=hue_of(HANDLE), is_brand=True,
    )  # fmt: skip
    address = address_for(workspace.slug)
    page = Page.objects.create(workspace_id=workspace.id, address=address, profile=profile)
    Faults.objects.create(workspace_id=workspace.id, page=page)
    return page


def _sister_of(page: Page) -> Page:
    """The second account of the page's brand: asked for news, never called."""
    pages = Page.objects.select_for_update().select_related("profile")
    sister = pages.filter(is_sister=True).first()
    if sister is not None:
        return sister
    profile = Profile.objects.create(
        workspace_id=page.workspace_id, handle=CARE_HANDLE, name=CARE, bio=CARE_BIO, place=PLACE,
        hue=hue_of(CARE_HANDLE), is_brand=True,
    )  # fmt: skip
    sister = Page.objects.create(
        workspace_id=page.workspace_id, address=page.address, profile=profile,
        has_webhook=False, is_sister=True,
    )  # fmt: skip
    Faults.objects.create(workspace_id=page.workspace_id, page=sister)
    return sister


def _ingress(page: Page) -> IngressSecrets | None:
    """New secrets for a new channel; one that is known keeps the ones in use."""
    if page.channel_id is not None:
        return None
    return IngressSecrets((secrets.token_urlsafe(32),), secrets.token_urlsafe(16))


def close_for(workspace: Workspace, *, by: User | None = None) -> None:
    """Take the public pages away and pause the channel; nothing is deleted."""
    with scope(workspace.id):
        page = Page.objects.select_for_update().filter(is_open=True, is_sister=False).first()
        if page is None:
            return
        page.is_open = False
        page.save(update_fields=["is_open"])
        channel = channel_of(page)
        if channel is not None and channel.state == ChannelState.ACTIVE:
            pause(channel, actor=by)
        _audit(page, "sandbox.closed", by)


def channel_of(page: Page) -> Channel | None:
    """The channel that opening connected."""
    return Channel.objects.filter(id=page.channel_id).first() if page.channel_id else None


def _audit(page: Page, action: str, by: User | None) -> None:
    entry = AuditEntry(action, by, "sandbox", page.id, summary=f"/sandbox/{page.address}/")
    record_audit(page.workspace_id, [entry])


# --- keys ---------------------------------------------------------------------------------------


def digest(token: str) -> bytes:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).digest()


def issue_tokens(page: Page) -> tuple[str, str]:
    """A new access and a new refresh token; the ones before are dead."""
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    page.access_digest, page.refresh_digest = digest(access), digest(refresh)
    page.access_expires_at = now() + TOKEN_LIFE
    page.save(update_fields=["access_digest", "refresh_digest", "access_expires_at"])
    return access, refresh


@transaction.atomic
def renew_tokens(page: Page, refresh: str) -> tuple[str, str] | None:
    """New tokens for a refresh token, which is good once; None for one that is not (any more)."""
    locked = Page.objects.select_for_update().get(id=page.id)
    if not secrets.compare_digest(bytes(locked.refresh_digest), digest(refresh)):
        return None
    return issue_tokens(locked)


def expire_token(page: Page) -> None:
    """Let the access token be expired from now on; the refresh token stays good."""
    Page.objects.filter(id=page.id).update(access_expires_at=now())

"""Which connectors this house has. The only file that names concrete ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from hearwell.config.environment import Environment
from hearwell.connect.registry import register, register_entry_points

if TYPE_CHECKING:
    from hearwell.connect.contract import Connector

C = TypeVar("C")


def own_origins(environment: Environment) -> tuple[str, ...]:
    """Return the addresses of this very system: its sandbox may be called, inside or not."""
    port = environment.port
    return tuple(
        dict.fromkeys([environment.url, f"http://localhost:{port}", f"http://127.0.0.1:{port}"])
    )


def one_place(
    kind: Callable[..., Connector], client_for: Callable[[tuple[str, ...]], C], env: Environment
) -> Connector:
    """Build the connector of a network that is in one place, or where HEARWELL_NETWORKS_AT says.

    ``kind`` takes what ``client_for(origins inside)`` returns, and ``at`` as the place.
    """
    network = kind.manifest.network  # type: ignore[attr-defined]  # a class of Connector
    at = env.networks_at.get(network)
    inside = env.egress_allow
    if at is None:
        return kind(client_for(inside))
    return kind(client_for((*inside, at)), at=at)


def wire(environment: Environment) -> None:
    """Register our own connectors, then those of other packages (entry points)."""
    # Here and not above: the supervisor asks for addresses only and stays small.
    from hearwell.channels.services.turns import take_turn
    from hearwell.connectors.archive.connector import ArchiveConnector
    from hearwell.connectors.bluesky import connector as bluesky
    from hearwell.connectors.email import connector as email
    from hearwell.connectors.facebook import connector as facebook
    from hearwell.connectors.feeds import connector as feeds
    from hearwell.connectors.googlereviews import connector as googlereviews
    from hearwell.connectors.instagram import connector as instagram
    from hearwell.connectors.linkedin import connector as linkedin
    from hearwell.connectors.mastodon import connector as mastodon
    from hearwell.connectors.phone.connector import PhoneConnector
    from hearwell.connectors.reddit import connector as reddit
    from hearwell.connectors.sandbox import connector as sandbox
    from hearwell.connectors.sms import connector as sms
    from hearwell.connectors.telegram import connector as telegram
    from hearwell.connectors.webchat.connector import WebchatConnector
    from hearwell.connectors.whatsapp import connector as whatsapp
    from hearwell.connectors.x import connector as x
    from hearwell.connectors.youtube import connector as youtube
    from hearwell.webchat.room import HouseRoom

    origins = [*environment.egress_allow, *own_origins(environment)]
    register(
        sandbox.SandboxConnector(sandbox.client_for(origins), sandbox.streaming_client_for(origins))
    )
    register(ArchiveConnector())
    inside = environment.egress_allow
    register(bluesky.BlueskyConnector(bluesky.client_for(inside), origins=inside))
    register(telegram.TelegramConnector(telegram.client_for(inside)))
    register(email.EmailConnector(email.opener_for(inside), email.tokens_for(inside)))
    register(mastodon.MastodonConnector(mastodon.client_for(inside), inside))
    register(feeds.FeedsConnector(feeds.client_for(inside), inside, take_turn))
    register(WebchatConnector(HouseRoom()))
    register(PhoneConnector())
    for kind, client_for in (
        (facebook.FacebookConnector, facebook.client_for),
        (googlereviews.GooglereviewsConnector, googlereviews.client_for),
        (instagram.InstagramConnector, instagram.client_for),
        (linkedin.LinkedinConnector, linkedin.client_for),
        (reddit.RedditConnector, reddit.client_for),
        (sms.SmsConnector, sms.client_for),
        (whatsapp.WhatsappConnector, whatsapp.client_for),
        (x.XConnector, x.client_for),
        (youtube.YoutubeConnector, youtube.client_for),
    ):
        register(one_place(kind, client_for, environment))
    register_entry_points()

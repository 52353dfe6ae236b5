"""Which connectors this house has. The only file that names concrete ones."""

from __future__ import annotations

from hearwell.config.environment import Environment
from hearwell.connect.registry import register, register_entry_points


def own_origins(environment: Environment) -> tuple[str, ...]:
    """Return the addresses of this very system: its sandbox may be called, inside or not."""
    port = environment.port
    return tuple(
        dict.fromkeys([environment.url, f"http://localhost:{port}", f"http://127.0.0.1:{port}"])
    )


def wire(environment: Environment) -> None:
    """Register our own connectors, then those of other packages (entry points)."""
    # Here and not above: the supervisor asks for addresses only and stays small.
    from hearwell.channels.services.turns import take_turn
    from hearwell.connectors.archive.connector import ArchiveConnector
    from hearwell.connectors.bluesky import connector as bluesky
    from hearwell.connectors.email import connector as email
    from hearwell.connectors.facebook import connector as facebook
    from hearwell.connectors.feeds import connector as feeds
    from hearwell.connectors.instagram import connector as instagram
    from hearwell.connectors.linkedin import connector as linkedin
    from hearwell.connectors.mastodon import connector as mastodon
    from hearwell.connectors.reddit import connector as reddit
    from hearwell.connectors.sandbox import connector as sandbox
    from hearwell.connectors.telegram import connector as telegram
    from hearwell.connectors.webchat.connector import WebchatConnector
    from hearwell.connectors.whatsapp import connector as whatsapp
    from hearwell.connectors.x import connector as x
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
    register(linkedin.LinkedinConnector(linkedin.client_for(inside)))
    register(reddit.RedditConnector(reddit.client_for(inside)))
    register(feeds.FeedsConnector(feeds.client_for(inside), inside, take_turn))
    register(facebook.FacebookConnector(facebook.client_for(inside)))
    register(instagram.InstagramConnector(instagram.client_for(inside)))
    register(WebchatConnector(HouseRoom()))
    register(whatsapp.WhatsappConnector(whatsapp.client_for(inside)))
    register(x.XConnector(x.client_for(inside)))
    register_entry_points()

"""What the acts of the audit trail are called on screen."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By their first word, in the order in which the filter offers them.
GROUPS: Final[dict[str, Promise]] = {
    "reply": _("Replies"),
    "case": _("Cases"),
    "message": _("Messages brought in by hand"),
    "contact": _("Customers"),
    "delivery": _("Parked deliveries"),
    "outbound": _("The stop button"),
    "channel": _("Channels"),
    "listening": _("Listening"),
    "policy": _("Promises"),
    "calendar": _("Opening hours"),
    "reopening": _("Reopening"),
    "routing": _("Teams and routing"),
    "article": _("Knowledge"),
    "macro": _("Macros"),
    "member": _("People"),
    "guard": _("The guard"),
    "archive": _("Imports"),
    "sandbox": _("The Harbour"),
}
WORDS: Final[dict[str, Promise]] = {
    "archive.import_cancelled": _("Import cancelled"),
    "archive.import_paused": _("Import paused"),
    "archive.import_resumed": _("Import resumed"),
    "archive.import_started": _("Import started"),
    "article.brought_back": _("Article brought back"),
    "article.internal": _("Article made internal"),
    "article.public": _("Article put on the help page"),
    "article.published": _("Article published"),
    "article.retired": _("Article retired"),
    "article.submitted": _("Article handed in for review"),
    "calendar.changed": _("Opening hours changed"),
    "calendar.made": _("Opening hours added"),
    "case.assigned": _("Case assigned"),
    "case.merged": _("Cases merged"),
    "case.split": _("Case split"),
    "case.unmoved": _("Merge or split undone"),
    "channel.connected": _("Channel connected"),
    "channel.disconnected": _("Channel disconnected"),
    "channel.onward": _("Chat by e-mail changed"),
    "channel.paused_itself": _("Channel paused by itself"),
    "channel.reconnected": _("Channel connected again"),
    "channel.secret_rotated": _("Channel's secret replaced"),
    "channel.state_changed": _("Channel paused or resumed"),
    "contact.linked": _("Profiles linked to one customer"),
    "contact.unlinked": _("Profiles no longer linked"),
    "delivery.dismissed": _("Parked delivery dismissed"),
    "delivery.replayed": _("Parked delivery replayed"),
    "guard.changed": _("Guard before sending changed"),
    "listening.answers_allowed": _("Answers to untagged posts allowed"),
    "listening.answers_stopped": _("Answers to untagged posts stopped"),
    "listening.term_added": _("Listening term added"),
    "listening.term_changed": _("Listening term changed"),
    "listening.term_off": _("Listening term switched off"),
    "listening.term_on": _("Listening term switched on"),
    "macro.removed": _("Macro removed"),
    "macro.saved": _("Macro saved"),
    "member.initials_changed": _("Initials changed"),
    "member.invited": _("Person invited"),
    "member.removed": _("Person removed"),
    "member.role_changed": _("Role changed"),
    "message.logged": _("Message brought in by hand"),
    "outbound.resumed": _("Sending resumed"),
    "outbound.stopped": _("Sending stopped"),
    "policy.changed": _("Promise changed"),
    "policy.made": _("Promise added"),
    "policy.moved": _("Order of promises changed"),
    "policy.retired": _("Promise retired"),
    "reopening.changed": _("Reopening changed"),
    "reply.approved": _("Reply approved"),
    "reply.found_posted": _("Reply found on the network"),
    "reply.given_up": _("Reply given up"),
    "reply.noted": _("Answer given elsewhere noted"),
    "reply.overridden": _("Reply sent against a warning"),
    "reply.queued": _("Reply handed in"),
    "reply.released": _("Held reply let go"),
    "reply.sent": _("Reply sent"),
    "reply.sent_again": _("Reply sent once more"),
    "reply.sent_anyway": _("Reply sent after a newer message"),
    "reply.undone": _("Reply taken back"),
    "routing.agent_changed": _("A person's work changed"),
    "routing.rule_changed": _("Routing rule changed"),
    "routing.rule_made": _("Routing rule added"),
    "routing.rule_moved": _("Order of routing rules changed"),
    "routing.rule_removed": _("Routing rule removed"),
    "routing.settings_changed": _("Routing changed"),
    "routing.team_changed": _("Team changed"),
    "routing.team_made": _("Team added"),
    "routing.team_removed": _("Team removed"),
    "sandbox.closed": _("Harbour page closed"),
    "sandbox.keys_made": _("Harbour keys made"),
    "sandbox.opened": _("Harbour page opened"),
}


def words_for(action: str) -> str:
    """Return what an act is called; one of an older or newer version in its own plain letters."""
    known = WORDS.get(action)
    if known is not None:
        return str(known)
    return action.replace(".", " ").replace("_", " ").capitalize()

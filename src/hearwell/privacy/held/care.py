"""Tags of what was said and done with customers: contacts, conversations, outbound, web chat."""

from __future__ import annotations

from typing import Final

from hearwell.conversations.models.cases import ERASED
from hearwell.privacy.tags import (
    FIGURES,
    HASH,
    MACHINE,
    NETWORK,
    OURS,
    SETTING,
    Erase,
    Held,
    Sort,
    nobody,
)

# A draft stays readable by what reads drafts, with nobody and nothing in it.
_NO_DRAFT: Final = """draft || '{"text": "", "subject": "", "thread_key": "", "parent_id": null,
    "root_id": null, "to": null, "media": []}'::jsonb - 'template' - 'choices'"""
_NO_CONTEXT: Final = "jsonb_strip_nulls(jsonb_build_object('case_id', context -> 'case_id'))"
# Ids that must stay unique stay so under names of our own.
_OWN_NAME: Final = f"CASE WHEN {{0}} = '' THEN '' ELSE '{ERASED}' || id END"

CONTACTS: Final = (
    Held(
        "contacts_contact",
        by=("id:contacts",),
        personal={Sort.NAME: "name", Sort.NOTE: "tier hold_why", Sort.WORDS: "language"},
        erase=Erase.EMPTY,
    ),
    Held(
        "contacts_identity",
        by=("contact_id:contacts",),
        personal={Sort.ADDRESS: "external_id handle", Sort.NAME: "name"},
        plain={NETWORK: "network"},
        erase=Erase.DELETE,
    ),
    Held(
        "contacts_contactnote",
        by=("contact_id:contacts",),
        personal={Sort.NOTE: "text"},
        erase=Erase.DELETE,
    ),
    Held(
        "contacts_link",
        by=("kept_id:contacts", "other_id:contacts"),
        personal={Sort.NOTE: "why"},
        plain={FIGURES: "identity_ids note_ids"},
        erase=Erase.EMPTY,
    ),
    *nobody(HASH, contacts_tombstone="digest"),
)

CONVERSATIONS: Final = (
    Held(
        "conversations_case",
        by=("id:cases",),
        personal={Sort.WORDS: "title preview"},
        plain={OURS: "status closed_reason turn duty kind audience stage", NETWORK: "network"},
        erase=Erase.EMPTY,
    ),
    Held(
        "conversations_conversation",
        by=("id:conversations",),
        personal={Sort.ADDRESS: "thread_key"},
        plain={OURS: "audience", NETWORK: "network"},
        erase=Erase.EMPTY,
        blank={"thread_key": _OWN_NAME.format("thread_key")},
    ),
    Held(
        "conversations_message",
        by=("id:messages",),
        personal={
            Sort.NAME: "author_name",
            Sort.ADDRESS: "remote_id parent_remote_id root_remote_id permalink",
            Sort.WORDS: "subject text full_text entities search about language",
            Sort.FILE: "media",
        },
        plain={OURS: "direction kind audience stage receipt"},
        erase=Erase.EMPTY,
        blank={"remote_id": _OWN_NAME.format("remote_id")},
    ),
    Held(
        "conversations_messageversion",
        by=("message_id:messages",),
        personal={Sort.WORDS: "text entities"},
        erase=Erase.DELETE,
    ),
    Held(
        "conversations_earlychange",
        by=("remote_id:remotes",),
        personal={Sort.ADDRESS: "remote_id", Sort.WORDS: "data"},
        plain={OURS: "verb"},
        erase=Erase.DELETE,
    ),
    Held(
        "conversations_reaction",
        by=("actor_external_id:names", "target_remote_id:remotes"),
        personal={
            Sort.ADDRESS: "actor_external_id target_remote_id",
            Sort.NAME: "actor_name",
            Sort.WORDS: "reaction",
        },
        erase=Erase.DELETE,
    ),
    Held(
        "conversations_draft",
        by=("case_id:cases",),
        personal={Sort.ANSWER: "text"},
        plain={OURS: "audience"},
        erase=Erase.DELETE,
    ),
    Held(
        "conversations_passing",
        by=("case_id:cases",),
        personal={Sort.ANSWER: "words", Sort.NOTE: "known"},
        plain={OURS: "audience goes_to reason", NETWORK: "network"},
        erase=Erase.EMPTY,
        through="conversations_empty_passings(%(cases)s::uuid[])",
    ),
    Held(
        "conversations_move",
        by=("from_case_id:cases", "to_case_id:cases"),
        personal={Sort.NOTE: "why"},
        plain={OURS: "kind", FIGURES: "conversation_ids kept_ids stray_ids before"},
        erase=Erase.EMPTY,
    ),
    *nobody(
        "codes, ids and labels of the team; what a person writes stands elsewhere",
        conversations_caselog="verb data",
        conversations_batch="kind data rows",
        conversations_waiting="kind",
        conversations_tag="name",
    ),
    *nobody(SETTING, conversations_savedview="name params"),
    *nobody(FIGURES, conversations_casenumber="", conversations_casetag=""),
    *nobody(SETTING, conversations_reopenwindow=""),
)

OUTBOUND: Final = (
    Held(
        "outbound_delivery",
        by=("id:deliveries",),
        personal={
            Sort.ANSWER: "draft context",
            Sort.ADDRESS: "remote_id permalink pending_token",
            Sort.NOTE: "failure_message alternatives",
        },
        plain={
            OURS: "state origin failure_code",
            NETWORK: "account network",
            HASH: "digest",
        },
        erase=Erase.EMPTY,
        blank={"draft": _NO_DRAFT, "context": _NO_CONTEXT},
    ),
    Held(
        "outbound_file",
        by=("delivery_id:deliveries", "key:keys"),
        personal={Sort.FILE: "name alt handle body"},
        plain={OURS: "mime", HASH: "digest"},
        erase=Erase.DELETE,
        kept="until erased; a day if never sent",
    ),
    Held(
        "outbound_moderation",
        by=("message_id:messages",),
        personal={Sort.ADDRESS: "ref root_id", Sort.NOTE: "why failure_message"},
        plain={OURS: "act topic state failure_code", NETWORK: "account network"},
        erase=Erase.EMPTY,
    ),
    Held(
        "outbound_transition",
        by=("delivery_id:deliveries",),
        personal={Sort.ADDRESS: "remote_id", Sort.NOTE: "reason"},
        plain={OURS: "before after"},
        erase=Erase.EMPTY,
        through="outbound_empty_transitions(%(deliveries)s::uuid[])",
    ),
    *nobody(NETWORK, outbound_lane="account"),
    *nobody(SETTING, outbound_killswitch="scope value reason"),
    *nobody(MACHINE, outbound_instancemark="system_identifier"),
)

WEBCHAT: Final = (
    Held(
        "webchat_line",
        by=("visitor_id:visitors",),
        personal={
            Sort.WORDS: "text choices",
            Sort.FILE: "files",
            Sort.ADDRESS: "went_to key",
        },
        plain={OURS: "side"},
        erase=Erase.DELETE,
    ),
    Held(
        "webchat_file",
        by=("visitor_id:visitors",),
        personal={Sort.FILE: "name"},
        plain={OURS: "mime"},
        erase=Erase.DELETE,
    ),
    Held(
        "webchat_visitor",
        by=("id:visitors",),
        personal={Sort.NAME: "name", Sort.ADDRESS: "subject email"},
        erase=Erase.DELETE,
    ),
    *nobody(SETTING, webchat_onward=""),
)
CARE: Final = (*CONTACTS, *CONVERSATIONS, *OUTBOUND, *WEBCHAT)

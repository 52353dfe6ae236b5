"""Tags of the house itself: accounts, deliveries, the log, what others were told, the sandbox."""

from __future__ import annotations

from typing import Final

from hearwell.privacy.tags import (
    FIGURES,
    HASH,
    INVENTED,
    MACHINE,
    NETWORK,
    OURS,
    SEALED,
    SETTING,
    WHILE_MEMBER,
    Erase,
    Held,
    Sort,
    nobody,
)

CHANNELS: Final = (
    Held(
        "channels_rawdelivery",
        personal={Sort.COPY: "url headers body"},
        plain={OURS: "source method", MACHINE: "reason"},
        erase=Erase.LATER,
        kept="30 days",
        not_exported="The same words are in the messages; the copy is for taking in again.",
    ),
    Held(
        "channels_parkeddelivery",
        personal={Sort.ADDRESS: "dedup_key thread_key"},
        plain={OURS: "code state", MACHINE: "reason"},
        erase=Erase.LATER,
        kept="until settled, and the bytes are gone",
        not_exported="What could not be read belongs to nobody yet.",
    ),
    Held(
        "channels_importrun",
        members={Sort.FILE: "file_name path rejects_path"},
        plain={OURS: "fingerprint layout state", NETWORK: "brands",
               MACHINE: "rejected failure"},
    ),
    *nobody(
        NETWORK,
        channels_brand="name",
        channels_channel="network handle external_id purpose state settings tier scopes",
        channels_usage="network what",
        channels_following="",
        channels_networkterms="network prices told",
        channels_endpointcounter="name",
    ),
    *nobody(
        MACHINE,
        channels_channelhealth="state checks allowance hook_state hook_message failure_code"
        " failure_message",
        channels_streamcursor="stream cursor marks failure_code failure_message",
        channels_leftover="",
        channels_lease="",
        channels_listener="label",
        channels_turn="host",
    ),
    *nobody(
        SEALED,
        channels_consent="session_digest state_digest network wish sealed",
        channels_credential="sealed laid_over",
        channels_endpoint="token network sealed",
    ),
)  # fmt: skip

ACCOUNTS: Final = (
    Held("account_emailaddress", members={Sort.ADDRESS: "email"}, kept=WHILE_MEMBER),
    Held("account_emailconfirmation", members={Sort.SIGN_IN: "key"}, kept=WHILE_MEMBER),
    Held(
        "accounts_user",
        members={Sort.SIGN_IN: "password", Sort.ADDRESS: "email", Sort.NAME: "name"},
        plain={SETTING: "preferences"},
        kept=WHILE_MEMBER,
    ),
    Held(
        "accounts_membership",
        members={Sort.NAME: "initials"},
        plain={OURS: "role"},
        kept=WHILE_MEMBER,
    ),
    Held(
        "accounts_auditrow",
        members={Sort.NAME: "actor_name"},
        plain={
            "what was changed, never what a customer said or is called": "summary before after",
            OURS: "action target_kind",
        },
        kept="for good: the trail cannot be changed",
    ),
    Held(
        "accounts_signin",
        members={Sort.SIGN_IN: "session_key address agent"},
        kept="while signed in",
    ),
    Held(
        "accounts_loginlink",
        members={Sort.ADDRESS: "email", Sort.NAME: "name"},
        plain={HASH: "digest", OURS: "purpose role"},
        kept="until used or over",
    ),
    Held("accounts_signinidentity", members={Sort.SIGN_IN: "subject"}, kept=WHILE_MEMBER),
    *nobody(SETTING, accounts_signinprovider="name issuer client_id sealed"),
    *nobody(HASH, accounts_limit="cache_key value"),
    Held("mfa_authenticator", members={Sort.SIGN_IN: "data"}, plain={OURS: "type"}),
    Held("django_session", members={Sort.SIGN_IN: "session_key session_data"}),
    Held(
        "notifications_device",
        members={Sort.NAME: "name", Sort.SIGN_IN: "endpoint digest public_key auth"},
        plain={SETTING: "topics"},
        kept=WHILE_MEMBER,
    ),
    *nobody(SETTING, privacy_keeping="", accounts_workspace="name slug time_zone language"),
    *nobody(
        HASH,
        accounts_auditblock="row_digests digest",
        accounts_apitoken="name prefix digest",
    ),
    *nobody(
        "Django's own, not used", auth_group="name", auth_group_permissions="",
        auth_permission="name codename", django_content_type="app_label model",
        django_migrations="app name",
    ),
)  # fmt: skip

TOLD: Final = (
    Held(
        "events_event",
        by=("payload.case_id:cases", "payload.contact_id:contacts", "payload.network_id:names"),
        personal={Sort.ADDRESS: "payload"},
        plain={OURS: "name"},
        erase=Erase.EMPTY,
        through="events_empty(%(cases)s::uuid[], %(contacts)s::uuid[], %(names)s::text[])",
        not_exported="Ids and codes of what happened to the rows that are exported.",
    ),
    Held(
        "integrations_hookdelivery",
        personal={Sort.WORDS: "body answer"},
        plain={OURS: "kind state", MACHINE: "error"},
        by=("body.case_id:cases",),
        erase=Erase.DELETE,
        kept="14 days, 30 if not delivered",
        not_exported="Copies of what other systems were told of the rows that are exported.",
    ),
    Held(
        "api_remembered",
        members={Sort.COPY: "body"},
        plain={HASH: "key digest", OURS: "content_type"},
        kept="2 days",
    ),
    *nobody(FIGURES, events_eventcounter="", integrations_reading=""),
    *nobody(
        SETTING,
        integrations_subscription="url description kinds off_reason sealed sealed_before",
        notifications_digest="every time_zone",
    ),
    *nobody(
        OURS,
        notifications_letter="key topic about state",
        notifications_notice="key topic about state",
        procrastinate_events="type",
        procrastinate_jobs="queue_name task_name lock args status queueing_lock",
        procrastinate_periodic_defers="task_name periodic_id",
        procrastinate_workers="",
    ),
)

SANDBOX: Final = nobody(
    INVENTED,
    sandbox_directmessage="text language pictures client_ref play_ref",
    sandbox_entry="body problem",
    sandbox_faults="",
    sandbox_follow="",
    sandbox_like="",
    sandbox_page="address access_digest refresh_digest",
    sandbox_picture="mime alt body",
    sandbox_play="",
    sandbox_post="text mentions language pictures client_ref play_ref",
    sandbox_profile="handle name bio place",
    sandbox_tradeact="house key verb before asked result",
    sandbox_tradehouse="house digest faults",
    sandbox_tradething="house kind number body pay_code",
)
HOUSE: Final = (*CHANNELS, *ACCOUNTS, *TOLD, *SANDBOX)

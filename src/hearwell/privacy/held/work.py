"""Tags of the work on cases: judged, routed, promised, escalated, graded, given, looked up."""

from __future__ import annotations

from typing import Final

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

TEAMS_WORDS: Final = "the team's words on what the brand does, not on a customer"

UNDERSTANDING: Final = (
    Held(
        "triage_verdict",
        by=("message_id:messages",),
        personal={Sort.WORDS: "reasons language topics"},
        plain={OURS: "duty kind engine sentiment spoken personal", FIGURES: "chances"},
        erase=Erase.EMPTY,
    ),
    Held(
        "knowledge_precedent",
        by=("case_id:cases", "message_id:messages"),
        personal={Sort.WORDS: "stems"},
        erase=Erase.DELETE,
    ),
    Held(
        "listening_hit",
        by=("message_id:messages", "case_id:cases", "remote_id:remotes", "author_name:texts"),
        personal={
            Sort.WORDS: "text reasons language",
            Sort.NAME: "author_name",
            Sort.ADDRESS: "remote_id permalink",
        },
        plain={OURS: "outcome"},
        erase=Erase.DELETE,
        kept="until erased; what was not taken in 30 days",
    ),
    Held(
        "secondopinion_call",
        by=("case_id:cases", "message_id:messages"),
        personal={Sort.WORDS: "sent answer result"},
        plain={OURS: "purpose state model outcome"},
        erase=Erase.EMPTY,
        kept="30 days",
    ),
    *nobody(
        OURS,
        triage_correction="field before after engine",
        triage_lesson="head label predicted source engine",
        triage_learned="base delta calibration scores outcome why left_out",
        triage_understanding="sure",
        secondopinion_opinion="duty kind source",
        secondopinion_comparison="model state figures why",
        secondopinion_month="",
        spikes_tally="topic",
        spikes_stream="topic usual",
        spikes_spikechoice="sensitivity",
    ),
    *nobody(
        SETTING,
        triage_topic="name phrases language",
        listening_term="name kind phrases exclusions helps against languages networks",
        listening_listeningchoice="",
        listening_termday="",
        secondopinion_connection="url model sealed currency",
        guard_policy="levels ours patterns words",
    ),
    *nobody(
        "words that many used at once, codes and ids",
        spikes_spike="kind topic words reasons message_ids state",
    ),
)

KNOWLEDGE: Final = (
    *nobody(
        TEAMS_WORDS,
        knowledge_article="name slug",
        knowledge_articleversion="language state title body reply remark writer_ids search",
        knowledge_macro="name tags assign snooze close_reason",
        knowledge_use="",
        strategy_answers="answers",
        quality_scorecard="anchors remark",
        quality_guide="language text does donts avoid remark",
    ),
    Held(
        "strategy_playbook",
        members={Sort.NAME: "made_by_name"},
        plain={TEAMS_WORDS: "answers shown remark"},
    ),
)

PROMISES: Final = (
    *nobody(
        OURS,
        routing_agent="presence",
        routing_claim="",
        routing_placement="state rule_name needs needs_key",
        routing_skill="kind value",
        routing_teammember="",
        sla_alarm="kind",
        sla_ask="",
        sla_clock="kind state",
        sla_clockevent="what why data",
        reports_needfact="kind language",
        reports_handfact="kind why",
        reports_replyfact="kind language",
        reports_grantfact="kind reason state currency",
        reports_surveyfact="network item",
        reports_rollupblock="grain measure cut kind language keys seats counts waits since",
        reports_rollup="grain cut measure kind language counts waits since",
        reports_rollupclock="time_zone",
        reports_rollupdue="",
        reports_answerfact="network kind case_kind audience language",
        reports_resolutionfact="reason network case_kind",
        waits_estimate="",
        automation_run="event_key chain state did",
    ),
    *nobody(
        "answers without a name, of a voice that is only a hash",
        surveys_studyanswer="side voice answers",
    ),
    *nobody(
        SETTING,
        routing_routingsettings="weights",
        routing_rule="name when needs",
        routing_team="name mode method calendar_key",
        reports_costchoice="currency",
        reports_goal="figure before",
        sla_calendar="key name time_zone intervals exceptions",
        sla_policy="key name conditions targets warn_roles counts",
        surveys_askchoice="channel_ids words",
        surveys_study="name",
        surveys_survey="name items channel_ids kinds state before",
        waits_waitchoice="",
        automation_rule="name trigger tags conditions then allowed_texts",
        reports_boardlink="name digest",
        benchmarks_panel="name industry brands before",
        scheduledreports_order="kind cadence reader_ids before",
        scheduledreports_stop="",
        scheduledreports_letter="key state why",
    ),
    *nobody(OURS, voice_ruling="klass before"),
    Held(
        "watching_watch",
        plain={
            NETWORK: "network typed handle author_id",
            SETTING: "brand_name left",
            OURS: "state phase cursor failure_code",
            MACHINE: "failure_message",
        },
    ),
    *nobody(SETTING, watching_pace=""),
    Held(
        "surveys_question",
        by=("case_id:cases", "contact_id:contacts"),
        personal={Sort.WORDS: "answers"},
        plain={OURS: "network status why"},
        erase=Erase.EMPTY,
    ),
    Held("waits_named", members={Sort.NAME: "first_name"}),
)

ESCALATION: Final = (
    Held(
        "escalation_escalation",
        by=("case_id:cases",),
        personal={Sort.NOTE: "remark outcome"},
        plain={OURS: "kind why steps sign_off state", FIGURES: "asked_ids"},
        erase=Erase.EMPTY,
    ),
    *nobody(OURS, escalation_escalationmove="what user_ids data"),
    *nobody(
        TEAMS_WORDS,
        escalation_escalationchoice="choice",
        escalation_escalationpath="kind owner backup sign_off",
        escalation_incident="title state found_by words topic reasons",
        escalation_incidentcase="",
        escalation_incidentpart="part",
        escalation_incidenttask="text",
        escalation_review="went_well went_badly to_change",
        escalation_signoff="part digest remark",
        escalation_statement="text digest signs state published_where",
        board_statusupdate="state topic entities patterns channel_ids",
        board_stafflink="name digest",
    ),
    Held(
        "escalation_incidententry",
        members={Sort.NAME: "by_name"},
        plain={TEAMS_WORDS: "kind what text data"},
    ),
    Held(
        "board_statusversion",
        members={Sort.NAME: "by_name"},
        plain={TEAMS_WORDS: "headline details public_text replies"},
    ),
    Held(
        "board_statuscase",
        by=("case_id:cases",),
        personal={Sort.WORDS: "named"},
        erase=Erase.EMPTY,
    ),
)

QUALITY: Final = (
    Held(
        "quality_sample",
        by=("id:samples",),
        personal={Sort.NOTE: "agreed_why"},
        plain={NETWORK: "network", OURS: "reasons agreed"},
        erase=Erase.EMPTY,
    ),
    Held(
        "quality_grade",
        by=("sample_id:samples",),
        personal={Sort.NOTE: "note"},
        plain={OURS: "marks"},
        erase=Erase.EMPTY,
    ),
    Held(
        "quality_response",
        by=("sample_id:samples",),
        personal={Sort.NOTE: "words why"},
        erase=Erase.EMPTY,
    ),
    *nobody(SETTING, quality_calibration="title", quality_draw="seed", quality_plan=""),
)

GIVEN: Final = (
    Held(
        "powers_grant",
        by=("contact_id:contacts", "case_id:cases"),
        personal={Sort.NOTE: "note remark"},
        plain={OURS: "kind reason currency state"},
        erase=Erase.EMPTY,
    ),
    Held(
        "powers_review",
        by=("delivery_id:deliveries", "case_id:cases"),
        personal={Sort.NOTE: "remark"},
        plain={OURS: "reasons state", HASH: "digest"},
        erase=Erase.EMPTY,
    ),
    *nobody(
        SETTING,
        powers_purse="currency",
        powers_reviewrule="role network audience kind",
        powers_rolepower="role networks audiences kinds",
        commerce_service="name url header prefix key_header sealed",
        commerce_tool="title",
        commerce_toolversion="definition",
    ),
    Held(
        "commerce_lookup",
        by=("case_id:cases",),
        personal={Sort.DEALING: "values why cards answer"},
        plain={OURS: "state code", HASH: "digest"},
        erase=Erase.DELETE,
        kept="a day",
    ),
    Held(
        "commerce_toolrun",
        by=("case_id:cases",),
        personal={Sort.DEALING: "values card title message result"},
        plain={OURS: "state code currency", HASH: "digest"},
        erase=Erase.EMPTY,
    ),
    Held(
        "promotions_told",
        by=("contact_id:contacts",),
        personal={Sort.ADDRESS: "network_id email_sha256"},
        plain={NETWORK: "network", OURS: "reason"},
        erase=Erase.DELETE,
    ),
    Held(
        "promotions_hold",
        by=("contact_id:contacts",),
        erase=Erase.DELETE,
    ),
    Held(
        "promotions_change",
        by=("network_id:names",),
        personal={Sort.ADDRESS: "network_id email_sha256"},
        plain={NETWORK: "network", OURS: "verb reason"},
        erase=Erase.EMPTY,
        kept="until erased; 90 days",
    ),
    Held(
        "outcomes_purchase",
        by=("network_id:names", "email_sha256:names"),
        personal={
            Sort.ADDRESS: "network_id email_sha256",
            Sort.DEALING: "order_id",
        },
        plain={NETWORK: "network", OURS: "currency"},
        erase=Erase.DELETE,
        kept="until erased, or the import is taken back",
    ),
    Held("outcomes_import", members={Sort.FILE: "file_name"}, plain={OURS: "what"}),
    *nobody("figures of the brand's own business", outcomes_point="name grain unit"),
    Held("promotions_holdchoice", members={Sort.NOTE: "email_statement"},
         plain={SETTING: "email_basis"}),
    *nobody(SETTING, promotions_feed=""),
)  # fmt: skip

WORK: Final = (
    *UNDERSTANDING, *KNOWLEDGE, *PROMISES, *ESCALATION, *QUALITY, *GIVEN,
)  # fmt: skip

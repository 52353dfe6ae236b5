"""Addresses of what owners and admins settle."""

from __future__ import annotations

from django.urls import path

from hearwell.web.admin import audit, frame, general, imports, keeping, people, signin
from hearwell.web.admin.automation import views as automation
from hearwell.web.admin.escalation import views as escalation_settings
from hearwell.web.admin.knowledge import articles, macros
from hearwell.web.admin.listening import views as listening
from hearwell.web.admin.model import views as model
from hearwell.web.admin.networks import abilities, chat, connecting, listing, onward
from hearwell.web.admin.networks import account as network
from hearwell.web.admin.networks import terms as network_terms
from hearwell.web.admin.playbook import views as playbook
from hearwell.web.admin.playbook import wizard
from hearwell.web.admin.powers import approval, guard, matrix
from hearwell.web.admin.promises import views as promises
from hearwell.web.admin.promotions import promotion_settings
from hearwell.web.admin.quality import quality_settings
from hearwell.web.admin.routing import rules as routing_rules
from hearwell.web.admin.routing import teams as routing_teams
from hearwell.web.admin.solved import solved_settings
from hearwell.web.admin.spikes import spike_settings
from hearwell.web.admin.surveys import views as surveys
from hearwell.web.admin.tools import systems
from hearwell.web.admin.tools import views as tool_settings
from hearwell.web.admin.understanding import bands, topics
from hearwell.web.admin.voice import bring_back, voice_settings
from hearwell.web.admin.waits import wait_settings
from hearwell.web.admin.webhooks import views as webhooks

SETTINGS = [
    path("settings/quality/", quality_settings, name="settings_quality"),
    path("settings/voice/", voice_settings, name="settings_voice"),
    path("settings/voice/<uuid:guide_id>/back/", bring_back, name="voice_back"),
    path("settings/waits/", wait_settings, name="settings_waits"),
    path("settings/solved/", solved_settings, name="settings_solved"),
    path("settings/surveys/", surveys.surveys, name="settings_surveys"),
    path("settings/surveys/new/", surveys.new_survey, name="settings_survey_new"),
    path("settings/surveys/<uuid:survey_id>/", surveys.survey, name="settings_survey"),
    path("settings/surveys/<uuid:survey_id>/act/", surveys.act, name="settings_survey_act"),
    path("settings/promotions/", promotion_settings, name="settings_promotions"),
    path("settings/spikes/", spike_settings, name="settings_spikes"),
    path("settings/escalation/", escalation_settings.settings, name="settings_escalation"),
    path(
        "settings/escalation/path/",
        escalation_settings.save_one_path,
        name="settings_escalation_path",
    ),
    path(
        "settings/escalation/levels/",
        escalation_settings.save_levels,
        name="settings_escalation_levels",
    ),
    path("settings/", frame.index, name="settings"),
    path("settings/understanding/", bands.bands, name="settings_understanding"),
    path("settings/understanding/back/", bands.back, name="understanding_back"),
    path("settings/understanding/forget/", bands.forget, name="understanding_forget"),
    path("settings/topics/", topics.topics, name="settings_topics"),
    path("settings/topics/<uuid:topic_id>/", topics.topic, name="settings_topic"),
    path("settings/playbook/", playbook.playbook, name="playbook"),
    path("settings/playbook/changes/", playbook.changes, name="playbook_changes"),
    path("settings/playbook/<slug:name>/", wizard.step, name="playbook_step"),
    path("settings/networks/", listing.networks, name="settings_networks"),
    path("settings/networks/stop/", listing.kill_switch, name="kill_switch"),
    path("settings/networks/abilities/", abilities.abilities, name="network_abilities"),
    path("settings/networks/connect/", connecting.choose, name="connect_choose"),
    path(
        "settings/networks/connect/<slug:network>/",
        connecting.connect_network,
        name="connect_network",
    ),
    path("settings/networks/<slug:network>/terms/", network_terms.terms, name="network_terms"),
    path(
        "settings/networks/<slug:network>/terms/save/",
        network_terms.save_terms,
        name="network_terms_save",
    ),
    path(
        "settings/networks/<slug:network>/terms/undo/",
        network_terms.undo_terms,
        name="network_terms_undo",
    ),
    path("settings/networks/authorize/", connecting.back, name="connect_back"),
    path("settings/networks/<uuid:channel_id>/", network.network, name="settings_network"),
    path("settings/networks/<uuid:channel_id>/try/", chat.try_chat, name="network_try"),
    path("settings/networks/<uuid:channel_id>/onward/", onward.set_onward, name="network_onward"),
    path("settings/networks/<uuid:channel_id>/ready/", connecting.ready, name="network_ready"),
    path("settings/networks/<uuid:channel_id>/check/", network.check, name="network_check"),
    path("settings/networks/<uuid:channel_id>/state/", network.set_state, name="network_state"),
    path(
        "settings/networks/<uuid:channel_id>/purpose/",
        network.set_what_for,
        name="network_purpose",
    ),
    path(
        "settings/networks/<uuid:channel_id>/disconnect/",
        network.disconnect,
        name="network_disconnect",
    ),
    path(
        "settings/networks/<uuid:channel_id>/parked/", network.settle_parked, name="settle_parked"
    ),
    path("settings/listening/", listening.terms, name="settings_listening"),
    path("settings/listening/answers/", listening.answers, name="settings_listening_answers"),
    path("settings/listening/new/", listening.new_term, name="settings_term_new"),
    path("settings/listening/<uuid:term_id>/", listening.term, name="settings_term"),
    path(
        "settings/listening/<uuid:term_id>/switch/", listening.switch, name="settings_term_switch"
    ),
    path(
        "settings/listening/<uuid:term_id>/judge/<uuid:hit_id>/",
        listening.judge,
        name="settings_term_judge",
    ),
    path("settings/kept-data/", keeping.keeping, name="settings_keeping"),
    path("settings/general/", general.general, name="settings_general"),
    path("settings/people/", people.people, name="settings_people"),
    path(
        "settings/people/invited/<uuid:invitation_id>/withdraw/",
        people.withdraw,
        name="invitation_withdraw",
    ),
    path("settings/sign-in/", signin.sign_in, name="settings_sign_in"),
    path("settings/sign-in/factor/", signin.factor, name="settings_sign_in_factor"),
    path("settings/sign-in/provider/", signin.provider, name="settings_sign_in_provider"),
    path("settings/people/invite/", people.invite, name="people_invite"),
    path("settings/people/<uuid:membership_id>/", people.change, name="people_change"),
    path("settings/knowledge/", articles.library, name="settings_knowledge"),
    path("settings/knowledge/new/", articles.begin, name="settings_article_new"),
    path("settings/knowledge/<uuid:article_id>/", articles.article, name="settings_article"),
    path("settings/knowledge/<uuid:article_id>/do/", articles.act, name="settings_article_act"),
    path("settings/model/", model.model, name="settings_model"),
    path("settings/model/do/", model.act, name="settings_model_act"),
    path("settings/model/calls/", model.calls, name="settings_model_calls"),
    path("settings/model/calls/<uuid:call_id>/", model.call, name="settings_model_call"),
    path("settings/model/compare/", model.compare, name="settings_model_compare"),
    path("settings/macros/", macros.macros, name="settings_macros"),
    path("settings/macros/save/", macros.save, name="settings_macro_save"),
    path("settings/teams/", routing_teams.teams, name="settings_teams"),
    path("settings/teams/new/", routing_teams.new_team, name="settings_team_new"),
    path("settings/teams/<uuid:team_id>/", routing_teams.team, name="settings_team"),
    path(
        "settings/teams/<uuid:team_id>/remove/",
        routing_teams.remove,
        name="settings_team_remove",
    ),
    path("settings/teams/people/<uuid:user_id>/", routing_teams.agent, name="settings_agent"),
    path("settings/teams/points/", routing_teams.points, name="settings_points"),
    path("settings/routing/", routing_rules.rules, name="settings_routing"),
    path("settings/routing/new/", routing_rules.new_rule, name="settings_rule_new"),
    path("settings/routing/<uuid:rule_id>/", routing_rules.rule, name="settings_rule"),
    path("settings/routing/<uuid:rule_id>/act/", routing_rules.act, name="settings_rule_act"),
    path("settings/automation/", automation.rules, name="settings_automation"),
    path("settings/automation/new/", automation.new_rule, name="settings_automation_new"),
    path("settings/automation/<uuid:rule_id>/", automation.rule, name="settings_automation_rule"),
    path("settings/automation/<uuid:rule_id>/act/", automation.act, name="settings_automation_act"),
    path(
        "settings/automation/<uuid:rule_id>/allow/",
        automation.allow,
        name="settings_automation_allow",
    ),
    path(
        "settings/automation/runs/<uuid:run_id>/undo/",
        automation.undo,
        name="settings_automation_undo",
    ),
    path("settings/promises/", promises.promises, name="settings_promises"),
    path("settings/promises/policy/", promises.save_policy, name="promises_policy"),
    path("settings/promises/order/", promises.move_policy, name="promises_order"),
    path("settings/promises/calendar/", promises.save_calendar, name="promises_calendar"),
    path("settings/promises/reopening/", promises.save_reopening, name="promises_reopening"),
    path("settings/guard/", guard.guard, name="settings_guard"),
    path("settings/approval/", approval.approval, name="settings_approval"),
    path("settings/powers/", matrix.powers, name="settings_powers"),
    path("settings/imports/", imports.imports, name="settings_imports"),
    path("settings/imports/<uuid:run_id>/steer/", imports.steer, name="import_steer"),
    path("settings/imports/<uuid:run_id>/rejects/", imports.rejects, name="import_rejects"),
    path("settings/webhooks/", webhooks.webhooks, name="settings_webhooks"),
    path("settings/webhooks/off/", webhooks.notice, name="webhook_notice"),
    path("settings/webhooks/new/", webhooks.new_webhook, name="settings_webhook_new"),
    path("settings/webhooks/<uuid:webhook_id>/", webhooks.webhook, name="settings_webhook"),
    path("settings/webhooks/<uuid:webhook_id>/do/", webhooks.act, name="settings_webhook_act"),
    path(
        "settings/webhooks/<uuid:webhook_id>/<uuid:delivery_id>/",
        webhooks.delivery,
        name="settings_webhook_delivery",
    ),
    path(
        "settings/webhooks/<uuid:webhook_id>/<uuid:delivery_id>/again/",
        webhooks.replay,
        name="settings_webhook_replay",
    ),
    path("settings/tools/", tool_settings.tools, name="settings_tools"),
    path("settings/tools/system/new/", systems.new_system, name="settings_system_new"),
    path("settings/tools/system/<uuid:service_id>/", systems.system, name="settings_system"),
    path(
        "settings/tools/system/<uuid:service_id>/import/",
        systems.import_document,
        name="settings_system_import",
    ),
    path(
        "settings/tools/system/<uuid:service_id>/new/",
        tool_settings.new_tool,
        name="settings_tool_new",
    ),
    path("settings/tools/<uuid:tool_id>/", tool_settings.tool, name="settings_tool"),
    path("settings/tools/<uuid:tool_id>/act/", tool_settings.act, name="settings_tool_act"),
    path("settings/tools/<uuid:tool_id>/try/", tool_settings.try_out, name="settings_tool_try"),
    path(
        "settings/tools/<uuid:tool_id>/try/<uuid:trial_id>/",
        tool_settings.trial,
        name="settings_tool_trial",
    ),
    path("settings/audit/", audit.audit, name="settings_audit"),
    path("settings/audit/head/", audit.audit_head, name="settings_audit_head"),
]

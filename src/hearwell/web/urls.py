"""Addresses of the screens. Every state (queue, filter, open case, method) is in the address."""

from __future__ import annotations

from django.urls import path

from hearwell.web import install
from hearwell.web.account import digest, keys, named, push, tokens
from hearwell.web.account import views as account
from hearwell.web.admin import audit, frame, general, imports, people
from hearwell.web.admin.automation import views as automation
from hearwell.web.admin.escalation import views as escalation_settings
from hearwell.web.admin.knowledge import articles, macros
from hearwell.web.admin.listening import views as listening
from hearwell.web.admin.model import views as model
from hearwell.web.admin.networks import abilities, chat, connecting, listing, onward
from hearwell.web.admin.networks import account as network
from hearwell.web.admin.networks import terms as network_terms
from hearwell.web.admin.playbook import coverage, wizard
from hearwell.web.admin.playbook import views as playbook
from hearwell.web.admin.powers import approval, guard, matrix
from hearwell.web.admin.promises import views as promises
from hearwell.web.admin.promotions import promotion_settings
from hearwell.web.admin.quality import quality_settings
from hearwell.web.admin.routing import rules as routing_rules
from hearwell.web.admin.routing import teams as routing_teams
from hearwell.web.admin.solved import solved_settings
from hearwell.web.admin.spikes import spike_settings
from hearwell.web.admin.tools import systems
from hearwell.web.admin.tools import views as tool_settings
from hearwell.web.admin.understanding import bands, topics
from hearwell.web.admin.voice import bring_back, voice_settings
from hearwell.web.admin.waits import wait_settings
from hearwell.web.admin.webhooks import views as webhooks
from hearwell.web.agent.board import frontline, oncase
from hearwell.web.agent.board import views as board
from hearwell.web.agent.desk import views as desk
from hearwell.web.agent.grants import views as grants
from hearwell.web.agent.inbox import (
    acts,
    approvals,
    attaching,
    bulk,
    calls,
    checking,
    drafted,
    entries,
    giving,
    late,
    media,
    moderating,
    moving,
    palette,
    passing,
    reply,
    saved,
    savedviews,
    solved,
    suggesting,
    templating,
    verdicts,
    views,
    voice,
)
from hearwell.web.agent.incidents import acts as incident_acts
from hearwell.web.agent.incidents import escalated, fromcase
from hearwell.web.agent.incidents import views as incidents
from hearwell.web.agent.promotions import views as promotions
from hearwell.web.agent.quality import calibrating, figures, grading, mine
from hearwell.web.agent.reports import parity
from hearwell.web.agent.reports import views as reports
from hearwell.web.agent.spikes import views as spikes
from hearwell.web.agent.tools import doing, panel, runs
from hearwell.web.agent.understanding import accuracy, labelling, unshown
from hearwell.web.agent.wall import views as wall
from hearwell.web.help import views as public_help
from hearwell.web.setup import views as setup
from hearwell.web.solved import views as solving
from hearwell.web.waits import views as waits

urlpatterns = [
    path("", setup.home, name="home"),
    path("app.webmanifest", install.manifest, name="manifest"),
    path("sw.js", install.service_worker, name="service_worker"),
    path("offline/", install.offline, name="offline"),
    path("setup/", setup.setup, name="setup"),
    path("login/", account.sign_in, name="sign_in"),
    path("login/link/<str:secret>/", account.login_link, name="login_link"),
    path("me/", account.me, name="me"),
    path("me/keys/", keys.keys, name="keys"),
    path("me/digest/", digest.digest, name="digest"),
    path("digest/off/<str:token>/", digest.off, name="digest_off"),
    path("me/push/", push.devices, name="push_devices"),
    path("me/push/on/", push.switch_on, name="push_on"),
    path("me/push/<uuid:device_id>/", push.change, name="push_device"),
    path("me/tokens/", tokens.tokens, name="my_tokens"),
    path("me/tokens/<uuid:token_id>/end/", tokens.end, name="token_end"),
    path("me/workspace/", account.switch_workspace, name="switch_workspace"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/new/", entries.new_case, name="new_case"),
    path("inbox/new/call/", calls.new_call, name="new_call"),
    path("inbox/new/calls/", calls.new_calls, name="new_calls"),
    path("inbox/queues/", views.queues, name="inbox_queues"),
    path("inbox/q/<slug:queue>/", views.inbox, name="inbox_queue"),
    path("inbox/views/", savedviews.views, name="saved_views"),
    path("inbox/views/save/", savedviews.save, name="view_save"),
    path("inbox/views/counts/", savedviews.counts, name="view_counts"),
    path("inbox/views/<uuid:view_id>/", savedviews.change, name="view_change"),
    path("inbox/batch/", bulk.batch, name="batch"),
    path("inbox/batch/size/", bulk.size, name="batch_size"),
    path("inbox/batch/<uuid:batch_id>/undo/", bulk.undo, name="batch_undo"),
    path("inbox/next/", desk.take_next, name="next_case"),
    path("team/", desk.team, name="team"),
    path("team/presence/", desk.presence, name="presence"),
    path("team/here/", desk.here, name="here"),
    path("quality/", grading.quality, name="quality"),
    path("quality/draw/", grading.draw, name="quality_draw"),
    path("quality/replies/<uuid:sample_id>/", grading.reply_again, name="quality_reply"),
    path("quality/replies/<uuid:sample_id>/back/", grading.take_back, name="quality_back"),
    path("quality/replies/<uuid:sample_id>/respond/", mine.respond, name="review_respond"),
    path("quality/replies/<uuid:sample_id>/decide/", mine.decide, name="review_decide"),
    path("quality/replies/<uuid:sample_id>/agreed/", calibrating.agreed, name="quality_agreed"),
    path("quality/mine/", mine.my_reviews, name="my_reviews"),
    path("quality/scores/", figures.scores, name="quality_scores"),
    path("quality/agreement/", figures.agreement, name="quality_agreement"),
    path("quality/calibrations/", calibrating.calibrations, name="calibrations"),
    path(
        "quality/calibrations/<uuid:calibration_id>/", calibrating.calibration, name="calibration"
    ),
    path(
        "quality/calibrations/<uuid:calibration_id>/open/",
        calibrating.open_all,
        name="calibration_open",
    ),
    path("settings/quality/", quality_settings, name="settings_quality"),
    path("settings/voice/", voice_settings, name="settings_voice"),
    path("settings/voice/<uuid:guide_id>/back/", bring_back, name="voice_back"),
    path("wallboard/", wall.wallboard, name="wallboard"),
    path("wallboard/screens/", wall.wall_links, name="wall_links"),
    path("wallboard/screens/<uuid:link_id>/end/", wall.end_link, name="wall_link_end"),
    path("wallboard/b/<str:token>/", wall.screen, name="wall_screen"),
    path("inbox/palette/", palette.palette, name="palette"),
    path("c/<uuid:case_id>/", views.case, name="case"),
    path("c/<uuid:case_id>/thread/", views.thread, name="case_thread"),
    path("c/<uuid:case_id>/claim/", acts.claim, name="case_claim"),
    path("c/<uuid:case_id>/release/", acts.release, name="case_release"),
    path("c/<uuid:case_id>/assign/", acts.assign, name="case_assign"),
    path("c/<uuid:case_id>/close/", acts.close, name="case_close"),
    path("c/<uuid:case_id>/reopen/", acts.reopen, name="case_reopen"),
    path("c/<uuid:case_id>/snooze/", acts.snooze, name="case_snooze"),
    path("c/<uuid:case_id>/tag/", acts.tag, name="case_tag"),
    path("c/<uuid:case_id>/untag/", acts.untag, name="case_untag"),
    path("c/<uuid:case_id>/verdict/", verdicts.verdict, name="case_verdict"),
    path("c/<uuid:case_id>/why/", verdicts.why, name="case_why"),
    path("c/<uuid:case_id>/clocks/", views.clocks, name="case_clocks"),
    path("c/<uuid:case_id>/late/", late.late, name="case_late"),
    path("c/<uuid:case_id>/saved/", saved.saved, name="case_saved"),
    path("c/<uuid:case_id>/saved/<uuid:version_id>/taken/", saved.taken, name="case_saved_taken"),
    path("c/<uuid:case_id>/suggested/", suggesting.suggestions, name="case_suggested"),
    path("c/<uuid:case_id>/suggested/hide/", suggesting.hide, name="case_suggested_hide"),
    path("c/<uuid:case_id>/suggested/again/", suggesting.again, name="case_suggested_again"),
    path("c/<uuid:case_id>/drafted/", drafted.begin, name="case_drafted_begin"),
    path("c/<uuid:case_id>/drafted/<uuid:call_id>/", drafted.drafted, name="case_drafted"),
    path("c/<uuid:case_id>/macro/<uuid:macro_id>/", saved.macro, name="case_macro"),
    path("c/<uuid:case_id>/related/", moving.related, name="case_related"),
    path("c/<uuid:case_id>/same-person/", moving.same_person, name="case_same_person"),
    path("people/links/<uuid:link_id>/undo/", moving.two_people, name="undo_link"),
    path("c/<uuid:case_id>/merge/", moving.merge, name="case_merge"),
    path("c/<uuid:case_id>/split/", moving.split, name="case_split"),
    path("c/<uuid:case_id>/pass-on/", passing.pass_on, name="case_pass_on"),
    path("moves/<uuid:move_id>/undo/", moving.undo, name="undo_move"),
    path("c/<uuid:case_id>/solved/undo/", solved.misread, name="case_misread"),
    path("c/<uuid:case_id>/person-tier/", acts.contact_tier, name="contact_tier"),
    path("c/<uuid:case_id>/person-note/", acts.contact_note, name="contact_note"),
    path("c/<uuid:case_id>/reply/", reply.send, name="case_reply"),
    path("c/<uuid:case_id>/m/<uuid:message_id>/", moderating.act, name="message_act"),
    path("c/<uuid:case_id>/noted/", entries.note_answer, name="case_noted"),
    path("c/<uuid:case_id>/template/", templating.template, name="case_template"),
    path("c/<uuid:case_id>/draft/", reply.draft, name="case_draft"),
    path("c/<uuid:case_id>/voice/", voice.voice, name="case_voice"),
    path("c/<uuid:case_id>/check/", checking.check, name="case_check"),
    path("c/<uuid:case_id>/files/", attaching.files, name="case_files"),
    path("file/<uuid:file_id>/", attaching.file, name="file"),
    path("c/<uuid:case_id>/tools/", panel.tools, name="case_tools"),
    path("c/<uuid:case_id>/tools/refresh/", panel.refresh, name="case_tools_refresh"),
    path("c/<uuid:case_id>/tools/<uuid:tool_id>/", doing.use, name="case_tool"),
    path("tools/done/", runs.runs, name="tool_runs"),
    path("tools/done/<uuid:run_id>/", runs.run, name="tool_run"),
    path("tools/done/<uuid:run_id>/act/", runs.act, name="tool_run_act"),
    path("c/<uuid:case_id>/drafts/", views.drafts, name="case_drafts"),
    path("media/<uuid:message_id>/<int:index>/", media.media, name="media"),
    path("sent/<uuid:delivery_id>/undo/", reply.undo, name="undo_send"),
    path("inbox/approval/", approvals.approvals, name="approvals"),
    path("sent/<uuid:delivery_id>/approve/", approvals.decide, name="approve_send"),
    path("sent/<uuid:delivery_id>/settle/", reply.settle, name="settle_send"),
    path("reports/response/", reports.response, name="report_response"),
    path("reports/parity/", parity.parity, name="report_parity"),
    path("reports/coverage/", coverage.coverage, name="report_coverage"),
    path("wait/<slug:workspace>/", waits.page, name="wait"),
    path("wait/<slug:workspace>/badge.svg", waits.badge, name="wait_badge"),
    path("wait/<slug:workspace>/now.json", waits.as_json, name="wait_json"),
    path("settings/waits/", wait_settings, name="settings_waits"),
    path("settings/solved/", solved_settings, name="settings_solved"),
    path("solved/<str:token>/", solving.solved, name="solved"),
    path("me/named/", named.named, name="named"),
    path("promotions/", promotions.held_back, name="held_back"),
    path("promotions/csv/", promotions.download, name="held_back_csv"),
    path("c/<uuid:case_id>/held/", promotions.of_case, name="case_held"),
    path("settings/promotions/", promotion_settings, name="settings_promotions"),
    path("spikes/", spikes.spikes, name="spikes"),
    path("spikes/new/", spikes.notice, name="spikes_notice"),
    path("spikes/<uuid:spike_id>/", spikes.decide, name="spike_decide"),
    path("settings/spikes/", spike_settings, name="settings_spikes"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/new/", incident_acts.new_incident, name="incident_new"),
    path("incidents/now/", incidents.notice, name="incident_notice"),
    path("incidents/<int:number>/", incidents.incident, name="incident"),
    path("incidents/<int:number>/do/", incident_acts.act, name="incident_act"),
    path("incidents/<int:number>/review/", incident_acts.review, name="incident_review"),
    path("status-board/", board.status_board, name="status_board"),
    path("status-board/new/", board.new_update, name="status_new"),
    path("status-board/links/", frontline.staff_links, name="staff_links"),
    path("status-board/links/<uuid:link_id>/end/", frontline.end_staff_link, name="staff_link_end"),
    path("status-board/<uuid:update_id>/", board.status_update, name="status_update"),
    path("status-board/<uuid:update_id>/do/", board.act, name="status_act"),
    path("now/<str:token>/", frontline.staff_board, name="staff_board"),
    path("c/<uuid:case_id>/status/", oncase.case_status, name="case_status"),
    path("escalations/", escalated.escalations, name="escalations"),
    path("escalations/<uuid:escalation_id>/do/", escalated.act, name="escalation_act"),
    path("c/<uuid:case_id>/escalate/", fromcase.escalate, name="case_escalate"),
    path("c/<uuid:case_id>/incident/", fromcase.join, name="case_incident"),
    path("c/<uuid:case_id>/standing/", escalated.standing, name="case_standing"),
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
    path("understanding/accuracy/", accuracy.accuracy, name="accuracy"),
    path("understanding/unshown/", unshown.unshown, name="unshown"),
    path("understanding/teach/", labelling.teach, name="teach"),
    path("understanding/quieted/", labelling.review, name="quiet_review"),
    path("understanding/say/<uuid:message_id>/", labelling.say, name="message_say"),
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
    path("settings/general/", general.general, name="settings_general"),
    path("settings/people/", people.people, name="settings_people"),
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
    path("help/<slug:workspace>/", public_help.index, name="help"),
    path("help/<slug:workspace>/<slug:slug>/", public_help.article, name="help_article"),
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
    path("me/powers/", giving.my_powers, name="my_powers"),
    path("c/<uuid:case_id>/give/", giving.give_something, name="case_give"),
    path("grants/", grants.grants, name="grants"),
    path("grants/csv/", grants.as_table, name="grants_csv"),
    path("grants/<uuid:grant_id>/decide/", grants.decide, name="grant_decide"),
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
]

"""What is sent to a real server: refused, hanging, redirected, repeated, in order."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.events.models import Event
from hearwell.integrations import calling, services
from hearwell.integrations.models import HookDelivery, OffReason
from hearwell.integrations.rules import MOST_ATTEMPTS
from hearwell.integrations.services import sending
from hearwell.kit.clock import now
from tests.domain.integrations.conftest import states
from tests.house import free_port
from tests.unit.integrations.test_rules import is_verified


def key_of(secret: str) -> bytes:
    import base64

    return base64.b64decode(secret.removeprefix("whsec_"))


def test_it_arrives_signed_in_order_and_once(hooks, case, receiver):
    _row, secret = hooks.make(receiver.url)
    hooks.close(case, 5)
    assert hooks.work() == 5
    assert [body["id"] for body in receiver.bodies] == [
        headers["webhook-id"] for headers, _ in receiver.got
    ]
    assert states() == ["delivered"] * 5
    sent = HookDelivery.objects.order_by("seq").values_list("message_id", flat=True)
    assert [body["id"] for body in receiver.bodies] == [str(id_) for id_ in sent]
    assert all(is_verified(key_of(secret), headers, body) for headers, body in receiver.got)
    assert hooks.work() == 0


def test_after_a_500_it_comes_again_with_the_same_id_and_bytes(hooks, case, receiver):
    hooks.make(receiver.url)
    receiver.answers = [(500, {}, b"<h1>" + "é".encode() * 700)]
    hooks.close(case)
    assert hooks.work() == 1
    row = HookDelivery.objects.get()
    assert (row.state, row.status, row.attempts) == ("waiting", 500, 1)
    assert (len(row.answer), row.answer[:6]) == (500, "<h1>éé")
    assert hooks.work() == 0
    assert hooks.later(seconds=7) == 1
    (first, body), (second, again) = receiver.got
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert first["webhook-timestamp"] < second["webhook-timestamp"]
    assert states() == ["delivered"]


def test_while_the_first_waits_the_others_keep_their_place(hooks, case, receiver):
    hooks.make(receiver.url)
    receiver.answers = [503, 503]
    hooks.close(case, 3)
    assert hooks.work() == 1
    assert hooks.later(seconds=7) == 1
    assert hooks.later(seconds=40) == 3
    ids = [body["id"] for body in receiver.bodies]
    assert ids == [ids[0]] * 3 + ids[3:]
    assert len(set(ids)) == 3


def test_one_that_is_refused_does_not_stop_the_others(hooks, case, receiver):
    hooks.make(receiver.url)
    receiver.answers = [422]
    hooks.close(case, 3)
    hooks.work()
    hooks.later(seconds=7)
    assert states() == ["waiting", "delivered", "delivered"]
    hooks.later(seconds=40)
    assert states() == ["delivered"] * 3


def test_a_redirect_inside_is_not_followed(hooks, case, receivers):
    outside, inside = receivers(), receivers()
    hooks.make(outside.url)
    outside.answers = [(302, {"Location": inside.url}, b"")]
    hooks.close(case)
    hooks.work()
    row = HookDelivery.objects.get()
    assert (row.state, row.status, row.error) == ("waiting", 302, "redirect")
    assert inside.got == []


def test_an_address_that_was_allowed_and_is_no_more_is_not_called(hooks, case, receiver, settings):
    hooks.make(receiver.url)
    settings.HEARWELL_EGRESS_ALLOW = ()
    hooks.close(case)
    hooks.work()
    assert HookDelivery.objects.get().error == "not_allowed"
    assert receiver.got == []


def test_a_name_that_leads_inside_is_not_called(hooks, case, monkeypatch):
    import socket

    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    hooks.make("https://hook.example.com/in")
    hooks.close(case)
    hooks.work()
    assert HookDelivery.objects.get().error == "inside"


def test_one_that_hangs_or_refuses_does_not_hold_back_another(hooks, case, receivers, monkeypatch):
    monkeypatch.setattr(calling, "TIMEOUT_S", 0.3)
    slow, well = receivers(), receivers()
    slow.otherwise = "hang"
    port = free_port()
    from django.conf import settings

    settings.HEARWELL_EGRESS_ALLOW += (f"http://127.0.0.1:{port}",)
    for url in (slow.url, f"http://127.0.0.1:{port}/hook", well.url):
        hooks.make(url)
    hooks.close(case, 2)
    hooks.work()
    assert len(well.got) == 2
    errors = HookDelivery.objects.filter(attempts=1, state="waiting").values_list(
        "error", flat=True
    )
    assert set(errors) == {"timeout", "no_connection"}
    hooks.close(case)
    hooks.work()
    assert len(well.got) == 3


def test_two_senders_never_share_a_webhook(hooks, case, receiver):
    hooks.make(receiver.url)
    hooks.close(case)
    services.collect()
    (claim,) = services.claim_due()
    assert services.claim_due() == []
    hooks.clock.shift(timedelta(minutes=3))  # the first sender is gone
    (anew,) = services.claim_due()
    assert services.send_batch(claim) == 0
    assert services.send_batch(anew) == 1
    assert len(receiver.got) == 1


def test_it_is_given_up_after_three_days_and_replayed_under_its_id(hooks, case, receiver):
    row, _secret = hooks.make(receiver.url)
    receiver.otherwise = 500
    hooks.close(case)
    hooks.work()
    for _ in range(MOST_ATTEMPTS * 40):
        if states() == ["failed"]:
            break
        hooks.later(hours=2)
    delivery = HookDelivery.objects.get()
    assert (delivery.state, delivery.attempts) == ("failed", MOST_ATTEMPTS)
    assert timedelta(days=2) < now() - delivery.occurred_at < timedelta(days=5)
    receiver.otherwise = 200
    services.replay(hooks.workspace.id, row.id, delivery.id, by=hooks.alice)
    assert hooks.work() == 1
    assert states() == ["delivered"]
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


def test_a_replay_while_it_is_being_sent_is_not_lost(hooks, case, receiver, monkeypatch):
    row, _secret = hooks.make(receiver.url)
    hooks.close(case)
    delivery_id = None
    asked = sending.post

    def replayed_meanwhile(*arguments):
        outcome = asked(*arguments)
        if len(receiver.got) == 1:
            services.replay(hooks.workspace.id, row.id, delivery_id, by=hooks.alice)
        return outcome

    services.collect()
    delivery_id = HookDelivery.objects.get().id
    monkeypatch.setattr(sending, "post", replayed_meanwhile)
    hooks.work()
    assert len(receiver.got) == 2
    delivery = HookDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.replays) == ("delivered", 1, 1)


def test_a_week_without_one_that_got_through_switches_it_off(hooks, case, receiver):
    row, _secret = hooks.make(receiver.url)
    receiver.otherwise = 500
    hooks.close(case, 20)
    for day in range(MOST_ATTEMPTS + 1):
        row.refresh_from_db()
        assert row.is_on == (day < MOST_ATTEMPTS)
        hooks.later(days=1)
    assert (row.is_on, row.off_reason) == (False, OffReason.FAILING)
    assert Event.objects.filter(name="WebhookSwitchedOff").exists()
    hooks.close(case)
    assert hooks.later(days=1) == 0


def test_what_waited_goes_at_once_when_the_address_is_back(hooks, case, receiver):
    hooks.make(receiver.url)
    receiver.otherwise = 500
    hooks.close(case, 3)
    for _ in range(8):
        hooks.later(minutes=15)
    receiver.otherwise, receiver.got = 200, []
    hooks.later(minutes=15)
    assert states() == ["delivered"] * 3


def test_410_switches_it_off_at_once(hooks, case, receiver):
    row, _secret = hooks.make(receiver.url)
    receiver.answers = [410]
    hooks.close(case, 2)
    hooks.work()
    row.refresh_from_db()
    assert (row.is_on, row.off_reason) == (False, OffReason.GONE)
    assert len(receiver.got) == 1
    services.switch_webhook(hooks.workspace.id, row.id, is_on=True, by=hooks.alice)
    hooks.later(minutes=5)
    assert states() == ["delivered", "delivered"]


def test_for_a_day_both_secrets_are_valid(hooks, case, receiver):
    row, old = hooks.make(receiver.url)
    _row, new = services.rotate_secret(hooks.workspace.id, row.id, by=hooks.alice)
    hooks.close(case)
    hooks.work()
    headers, body = receiver.got[0]
    assert is_verified(key_of(old), headers, body)
    assert is_verified(key_of(new), headers, body)
    hooks.clock.shift(timedelta(hours=25))
    hooks.close(case)
    hooks.work()
    headers, body = receiver.got[1]
    assert not is_verified(key_of(old), headers, body)
    assert is_verified(key_of(new), headers, body)


def test_a_test_is_sent_once_and_not_again(hooks, receiver):
    row, _secret = hooks.make(receiver.url)
    receiver.otherwise = 500
    services.send_test(hooks.workspace.id, row.id, by=hooks.alice)
    hooks.work()
    assert receiver.kinds == ["webhook.test"]
    assert states() == ["failed"]


def test_replaying_all_that_failed_since_a_time(hooks, case, receiver):
    row, _secret = hooks.make(receiver.url)
    hooks.close(case, 3)
    services.collect()
    HookDelivery.objects.update(state="failed")
    first = HookDelivery.objects.order_by("seq").first()
    HookDelivery.objects.filter(id=first.id).update(occurred_at=now() - timedelta(days=2))
    count = services.replay_failed(
        hooks.workspace.id, row.id, now() - timedelta(days=1), by=hooks.alice
    )
    assert count == 2
    hooks.work()
    assert states() == ["failed", "delivered", "delivered"]


def test_an_off_webhook_replays_nothing(hooks, case, receiver):
    row, _secret = hooks.make(receiver.url)
    services.switch_webhook(hooks.workspace.id, row.id, is_on=False, by=hooks.alice)
    with pytest.raises(services.BadWebhookError, match="Switch it on first"):
        services.send_test(hooks.workspace.id, row.id, by=hooks.alice)


def test_removing_it_removes_what_waits(hooks, case, receiver):
    row, _secret = hooks.make(receiver.url)
    hooks.close(case)
    services.collect()
    services.remove_webhook(hooks.workspace.id, row.id, by=hooks.alice)
    assert HookDelivery.objects.count() == 0
    assert hooks.work() == 0


def test_old_ones_are_forgotten(hooks, case, receiver):
    hooks.make(receiver.url)
    hooks.close(case, 2)
    services.collect()
    first = HookDelivery.objects.order_by("seq")[0]
    HookDelivery.objects.filter(id=first.id).update(state="delivered")
    hooks.clock.shift(timedelta(days=15))
    assert services.forget_old() == 1
    hooks.clock.shift(timedelta(days=16))
    assert services.forget_old() == 1


def test_after_a_restore_nothing_goes_out_by_itself(hooks, case, receiver):
    row, _secret = hooks.make(receiver.url)
    hooks.close(case)
    services.collect()
    assert services.hold_everything() == 1
    row.refresh_from_db()
    assert (row.is_on, row.off_reason) == (False, OffReason.RESTORED)
    assert hooks.work() == 0

"""Reports by e-mail: sent once a period, to who may see them, and what fails is said."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from hearwell.accounts.models import AuditRow, Membership, Workspace
from hearwell.kit.ids import uuid7
from hearwell.kit.paper import printing
from hearwell.kit.scope import scope
from hearwell.notifications import handing
from hearwell.reports.overview.report import overview
from hearwell.reports.rolling.cube import Span
from hearwell.reports.services import recompute
from hearwell.scheduledreports import queries, sending
from hearwell.scheduledreports.models import Letter, Order
from hearwell.scheduledreports.services import letters, orders, stops
from hearwell.scheduledreports.services.orders import BadOrderError, ChangedSinceError, Wish
from hearwell.web.agent.reports.faces import face_of
from tests.domain.reports.test_response_report import by_hand
from tests.exchange import Exchange
from tests.house import free_port
from tests.smtp_server import smtp_server

pytestmark = pytest.mark.django_db
WEDNESDAY = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def post(settings):
    with smtp_server() as made:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
        settings.HEARWELL_HAS_MAIL = True
        settings.HEARWELL_URL = "https://care.example.com"
        yield made


@pytest.fixture
def clock(workspace):
    Workspace.objects.filter(id=workspace.id).update(time_zone="Europe/Berlin")
    with time_machine.travel(WEDNESDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def alices(workspace, alice):
    return Membership.objects.select_related("user", "workspace").get(user=alice)


@pytest.fixture
def bobs(workspace, bob):
    return Membership.objects.select_related("user", "workspace").get(user=bob)


def order(member, *readers, **more) -> Order:
    ids = tuple(one.user_id for one in readers or (member,))
    wish = {"kind": "service", "cadence": "daily", "on_day": 0, "hour": 8, "has_csv": True, **more}
    return orders.make_order(member, Wish(reader_ids=ids, **wish))


def morning(clock, workspace, day: int = 5) -> int:
    clock.move_to(datetime(2026, 3, day, 7, 0, 30, tzinfo=UTC))
    return sending.send_reports(workspace.id)


def states() -> list[tuple[str, str]]:
    return sorted(Letter.objects.values_list("state", "why"))


def test_the_day_before_is_sent_to_each_in_their_own_language(
    workspace, clock, post, alices, bobs, bob
):
    bob.preferences = {"language": "ar"}
    bob.save()
    order(alices, alices, bobs)
    assert sending.send_reports(workspace.id) == 0
    assert [morning(clock, workspace), morning(clock, workspace)] == [2, 0]
    told = {letter["To"]: letter for letter in post.taken}
    hers, his = told["alice@example.com"], told["bob@example.com"]
    assert hers["Subject"] == "Northwind Air: Service, 4 Mar 2026"
    text = hers.get_body(("plain",)).get_content()
    assert "Response rate: – (n 0)" in text
    assert "nothing to count in this period" in text
    assert "whole days of Europe/Berlin" in " ".join(text.split())
    assert "https://care.example.com/reports/service/?from=2026-03-04&to=2026-03-04" in text
    files = {one.get_filename(): one.get_content() for one in hers.iter_attachments()}
    assert list(files) == ["service-2026-03-04-2026-03-04.pdf", "service-2026-03-04-2026-03-04.csv"]
    assert files["service-2026-03-04-2026-03-04.pdf"].startswith(b"%PDF-")
    assert files["service-2026-03-04-2026-03-04.csv"].startswith("section,what,figure")
    arabic = next(his.iter_attachments()).get_content()
    assert b"/Lang(ar" in arabic
    assert "/reports/stop/" in hers["List-Unsubscribe"]
    assert hers["List-Unsubscribe"] != his["List-Unsubscribe"]
    assert hers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    sent = AuditRow.objects.get(action="scheduled_report.sent")
    assert sent.after == {"first": "2026-03-04", "last": "2026-03-04", "readers": 2}


def test_the_figures_are_those_of_the_page(workspace, post, alices, frozen):
    by_hand(Exchange(workspace.id))
    frozen.shift(timedelta(hours=48).total_seconds())
    recompute(workspace.id)
    order(alices, cadence="weekly", on_day=4)
    frozen.shift(timedelta(hours=24).total_seconds())
    assert sending.send_reports(workspace.id) == 1
    page = overview(workspace, Span(date(2026, 2, 26), date(2026, 3, 4)))
    text = " ".join(post.taken[0].get_body(("plain",)).get_content().split())
    for key in ("response_rate", "response_median", "waiting"):
        face = face_of(page.figure(key))
        assert f"{face.title}: {face.value} ({face.how}) {face.caveat}" in text
    assert "Response rate: 2 of 4 (n 4) n < 30" in text


def test_after_days_without_a_worker_there_is_one_and_an_hour_that_moves_doubles_nothing(
    workspace, clock, post, alices
):
    one = order(alices)
    assert morning(clock, workspace, day=8) == 1
    assert Letter.objects.get().last_on == date(2026, 3, 7)
    wish = Wish("service", "daily", 0, 10, (alices.user_id,))
    orders.change_order(alices, one.id, wish, seen=1)
    clock.move_to(datetime(2026, 3, 8, 9, 1, tzinfo=UTC))
    assert sending.send_reports(workspace.id) == 0
    assert len(post.taken) == 1


def test_who_may_no_longer_see_it_or_has_stopped_it_is_left_out(
    workspace, clock, post, alices, bobs
):
    one = order(alices, alices, bobs)
    Membership.objects.filter(id=bobs.id).update(role="marketing")
    token = stops.stop_token(workspace.id, one.id, alices.user_id)
    assert morning(clock, workspace) == 1
    assert stops.stop_by_token(token)
    assert stops.stop_by_token(token)
    assert morning(clock, workspace, day=6) == 0
    assert states() == [("left_out", "no_reader"), ("left_out", "no_reader"), ("sent", "")]
    stops.start_again(alices, one.id)
    assert morning(clock, workspace, day=7) == 1
    acts = AuditRow.objects.filter(action__startswith="scheduled_report.st").order_by("id")
    assert [act.action for act in acts] == [
        "scheduled_report.stopped", "scheduled_report.started_again"
    ]  # fmt: skip


def test_a_crash_while_sending_never_sends_twice_and_is_said(workspace, clock, post, alices):
    one = order(alices)
    clock.move_to(datetime(2026, 3, 5, 7, 1, tzinfo=UTC))
    letters.claim_due(alices.workspace)
    (batch,) = letters.waiting_batches(workspace.id)
    assert [letters.claim(batch.letters[0]), letters.claim(batch.letters[0])] == [True, False]
    assert morning(clock, workspace) == 0
    clock.move_to(datetime(2026, 3, 5, 8, tzinfo=UTC))
    assert letters.places_due() == [workspace.id]
    assert sending.send_reports(workspace.id) == 0
    assert states() == [("unsure", "lost")]
    (row,) = queries.order_rows(alices)
    assert [letter.why for letter in row.troubles] == ["lost"]
    letters.try_again(alices, row.troubles[0].id)
    assert sending.send_reports(workspace.id) == 1
    assert states() == [("sent", "")]
    assert queries.order_rows(alices)[0].sent_at == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert one.id == row.order.id


def test_a_server_that_refuses_one_or_is_away_loses_nothing(
    workspace, clock, post, settings, alices, bobs
):
    order(alices, alices, bobs)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert morning(clock, workspace) == 0
    assert states() == []
    settings.EMAIL_PORT = port
    post.refuses.add("bob@example.com")
    assert morning(clock, workspace) == 1
    assert states() == [("failed", "refused"), ("sent", "")]
    post.refuses.clear()
    letters.try_again(bobs, Letter.objects.get(state="failed").id)
    assert sending.send_reports(workspace.id) == 1
    with pytest.raises(Letter.DoesNotExist):
        letters.try_again(alices, Letter.objects.first().id)


def test_a_line_that_breaks_leaves_it_in_doubt(workspace, clock, post, alices, monkeypatch):
    order(alices)
    monkeypatch.setattr(sending, "handed_over", _broken)
    assert morning(clock, workspace) == 0
    assert states() == [("unsure", "lost")]
    assert handing.handed_over is not _broken


def _broken(line, letter):
    raise TimeoutError


def test_it_can_be_sent_now_to_oneself_alone(workspace, clock, post, alices, bobs):
    one = order(alices, bobs, cadence="weekly", on_day=1, has_csv=False, kind="summary")
    assert letters.send_now(alices, one.id)
    assert not letters.send_now(alices, one.id)
    assert sending.send_reports(workspace.id) == 1
    (mail,) = post.taken
    assert mail["To"] == "alice@example.com"
    assert "Summary, 1 Jan 2026 – 1 Mar 2026" in mail["Subject"]
    assert (
        "Are customers answered in the time they expect?" in mail.get_body(("plain",)).get_content()
    )
    assert [file.get_filename() for file in mail.iter_attachments()] == [
        "summary-2026-01-01-2026-03-01.pdf"
    ]


def test_without_a_typesetter_the_letter_says_so_and_a_panel_that_is_gone_too(
    workspace, clock, post, alices, monkeypatch
):
    monkeypatch.setattr(printing, "can_print", lambda: False)
    order(alices, has_csv=False)
    one = order(alices)
    Order.objects.filter(id=one.id).update(kind="league", panel_id=uuid7())
    assert morning(clock, workspace) == 1
    (mail,) = post.taken
    assert "this installation cannot make PDFs yet" in mail.get_content()
    assert states() == [("failed", "gone"), ("sent", "")]


def test_orders_are_kept_changed_and_taken_back(workspace, clock, alices, bobs):
    one = order(alices, alices, bobs)
    assert one.next_at == datetime(2026, 3, 5, 7, tzinfo=UTC)
    wish = Wish("summary", "monthly", 31, 6, (alices.user_id,))
    orders.change_order(alices, one.id, wish, seen=1)
    one.refresh_from_db()
    assert (one.kind, one.next_at) == ("summary", datetime(2026, 3, 31, 4, tzinfo=UTC))
    with pytest.raises(ChangedSinceError):
        orders.change_order(alices, one.id, wish, seen=1)
    orders.undo_change(alices, one.id, seen=2)
    assert orders.pause_order(alices, one.id, is_paused=True, seen=3).next_at is None
    assert letters.claim_due(alices.workspace) == 0
    orders.remove_order(alices, one.id)
    assert queries.order_rows(alices) == []
    (gone,) = queries.removed_orders(alices)
    back = orders.undo_change(alices, gone.id, seen=gone.version)
    assert (back.kind, back.is_paused, len(back.reader_ids)) == ("service", True, 2)
    acts = AuditRow.objects.filter(action__startswith="scheduled_report.").order_by("id")
    assert [act.action.partition(".")[2] for act in acts] == [
        "ordered", "changed", "undone", "paused", "removed", "undone",
    ]  # fmt: skip


def test_an_agent_orders_for_themselves_and_touches_nobody_elses(workspace, clock, alices, bobs):
    own = order(bobs)
    with pytest.raises(BadOrderError) as error:
        order(bobs, alices)
    assert error.value.field == "reader_ids"
    hers, theirs = order(alices), order(alices, alices, bobs)
    assert {row.order.id for row in queries.order_rows(bobs)} == {own.id, theirs.id}
    for other in (hers, theirs):
        with pytest.raises(Order.DoesNotExist):
            orders.remove_order(bobs, other.id)
    assert orders.pause_order(alices, own.id, is_paused=True).is_paused


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("kind", {"kind": "x"}), ("cadence", {"cadence": "yearly"}), ("hour", {"hour": 24}),
     ("on_day", {"cadence": "weekly", "on_day": 8}), ("panel_id", {"kind": "league"}),
     ("on_day", {"cadence": "monthly", "on_day": 0})],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_came_in(workspace, alices, field, wrong):
    with pytest.raises(BadOrderError) as error:
        order(alices, **wrong)
    assert error.value.field == field
    assert not Order.objects.exists()


def test_another_workspace_is_untouched_and_old_letters_are_forgotten(
    workspace, clock, post, alices
):
    order(alices)
    morning(clock, workspace)
    other = Workspace.objects.create(name="Other", slug="other")
    with scope(other.id):
        assert not Order.objects.exists()
    clock.move_to(datetime(2026, 7, 1, tzinfo=UTC))
    assert letters.forget_old() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scheduledreports_order")
        assert cursor.fetchone() == (1,)

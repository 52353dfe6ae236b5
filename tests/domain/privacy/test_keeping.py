"""Who has been kept long enough goes by themselves; who may not go stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hearwell.accounts.models import AuditRow
from hearwell.connect.model import Author
from hearwell.contacts.models import Contact
from hearwell.conversations.models import Case, Message, Status
from hearwell.kit.clock import now
from hearwell.privacy.models import Keeping
from hearwell.privacy.services import BadKeepingError, erase_old, keep_for
from hearwell.privacy.services.keeping import old_of
from tests.factories import make_case, make_channel, make_item, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]
YEAR = timedelta(days=366)


@pytest.fixture
def channel(workspace, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return make_channel()


@pytest.fixture
def chosen(workspace, alice):
    keep_for(workspace.id, 12, alice)


def people(channel, *names: str) -> dict[str, Case]:
    made = {
        name: make_case(f"I am {name}", channel, author=Author(name, name, name), thread_key=name)
        for name in names
    }
    Case.objects.update(status=Status.CLOSED)
    return made


def left() -> set[str]:
    return set(Contact.objects.filter(erased_at=None).values_list("name", flat=True))


def test_without_a_choice_everybody_is_kept(channel, frozen):
    people(channel, "ada")
    frozen.shift(10 * YEAR)
    assert erase_old() == 0
    assert left() == {"ada"}


def test_after_so_many_months_without_a_word_they_go(channel, chosen, frozen):
    people(channel, "ada", "ben")
    frozen.shift(timedelta(days=300))
    assert erase_old() == 0
    frozen.shift(timedelta(days=100))
    people(channel, "cleo")
    assert erase_old() == 2
    assert left() == {"cleo"}
    assert set(Message.objects.values_list("text", flat=True)) == {"", "I am cleo"}
    line = AuditRow.objects.get(action="privacy.kept_long_enough")
    assert line.after == {"customers": 2, "cases": 2, "messages": 2, "networks": 2}
    assert erase_old() == 0


def test_who_is_held_has_an_open_case_or_wrote_elsewhere_stays(channel, chosen, frozen):
    cases = people(channel, "held", "open", "elsewhere", "gone")
    Contact.objects.filter(name="held").update(hold_since=now())
    Case.objects.filter(id=cases["open"].id).update(status=Status.SNOOZED)
    frozen.shift(YEAR + timedelta(days=40))
    other = Author("elsewhere", "elsewhere", "elsewhere")
    receive(channel, [make_item("In somebody's thread", author=other, thread_key="gone-2")])
    Case.objects.exclude(id=cases["open"].id).update(status=Status.CLOSED)
    assert erase_old() == 1
    assert left() == {"held", "open", "elsewhere"}


def test_a_batch_is_a_handful_of_statements_however_many(
    channel, chosen, frozen, django_assert_max_num_queries
):
    people(channel, *(f"p{n}" for n in range(40)))
    frozen.shift(YEAR + timedelta(days=40))
    assert len(old_of(channel.workspace_id)) == 40
    with django_assert_max_num_queries(95):
        assert erase_old() == 40


def test_the_choice_is_written_down(workspace, alice):
    for months in (24, 24, None):
        keep_for(workspace.id, months, alice)
    lines = AuditRow.objects.filter(action="privacy.keeping_changed").order_by("at", "id")
    assert [line.after for line in lines] == [{"months": 24}, {"months": None}]
    assert not Keeping.objects.exists()


@pytest.mark.parametrize("months", [0, -1, 241])
def test_no_time_that_nobody_can_mean(workspace, alice, months):
    with pytest.raises(BadKeepingError):
        keep_for(workspace.id, months, alice)

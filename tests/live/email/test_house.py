"""The whole way: a customer's mail program, real mail servers, a real house, and back."""

from __future__ import annotations

import email.utils
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator

import httpx
import pytest

from hearwell.connectors.email.connector import EmailConnector
from tests.house import House, wait_until
from tests.live.email.desk import Desk, Opens, house_beside
from tests.live.email.people import Customer, id_of, plain
from tests.live.email.servers import NOBODY, MailServers


@pytest.fixture(scope="module")
def house(servers: MailServers) -> Iterator[House]:
    """One house for all of these tests."""
    with house_beside(servers) as running:
        yield running


@pytest.fixture
def opens(house: House, connector: EmailConnector, servers: MailServers) -> Iterator[Opens]:
    """Connect a mailbox."""
    opened: list[Desk] = []

    def open_desk(address: str) -> Desk:
        opened.append(Desk.open(house, connector, servers, address))
        return opened[-1]

    yield open_desk
    for desk in opened:
        desk.client.close()


def _ids(desk: Desk) -> Counter[str]:
    return Counter(str(message["remote_id"]) for message in desk.messages())


def test_from_the_customers_mail_to_the_answer_in_her_thread(
    opens: Opens, address: str, lena: Customer, record_property: Callable[[str, object], None]
) -> None:
    """Mail, row in the inbox, answer, her mailbox, her thanks: one thread on both sides."""
    desk = opens(address)
    first = lena.writes(address, "Warm up", "Is anybody there?")
    desk.case_with(id_of(first), seconds=120)

    begin = time.monotonic()
    question = lena.writes(address, "Mein Gepäck 🧳", "Es ist in Lissabon geblieben.\n\nLena")
    case = desk.case_with(id_of(question))
    record_property(
        "seconds from the customer's press to the case", round(time.monotonic() - begin, 2)
    )
    assert case["title"] == "Mein Gepäck 🧳"
    with desk.house.owner() as agent:
        inbox = agent.get("/inbox/?queue=all")
        assert inbox.status_code == httpx.codes.OK
        assert "Mein Gepäck" in inbox.text

    delivery_id = desk.reply(case["id"], "Wir haben es gefunden.\n\nAnna, Northwind Air")
    (answer,) = lena.waits_for(1)
    assert plain(answer) == "Wir haben es gefunden.\n\nAnna, Northwind Air"
    assert str(answer["Subject"]) == "Re: Mein Gepäck 🧳"
    assert str(answer["In-Reply-To"]).strip() == str(question["Message-ID"])
    assert str(answer["References"]).split() == [str(question["Message-ID"])]
    assert answer["Auto-Submitted"] is None
    desk.waits_for(delivery_id, "confirmed")

    thanks = lena.answers(answer, "Danke! Wann kommt es?")
    assert desk.case_with(id_of(thanks))["id"] == case["id"]
    said = desk.messages(case["id"])
    assert [message["direction"] for message in said] == ["in", "out", "in"]
    assert said[-1]["text"] == "Danke! Wann kommt es?"
    assert set(_ids(desk).values()) == {1}


def test_what_is_written_while_the_server_is_dead_is_neither_lost_nor_doubled(
    opens: Opens, address: str, lena: Customer, servers: MailServers
) -> None:
    """The power goes in the middle of IDLE; mail falls into the store meanwhile."""
    desk = opens(address)
    before = [lena.writes(address, f"Before {n}", "text") for n in range(3)]
    for mail in before:
        desk.case_with(id_of(mail), seconds=120)
    servers.imap.stop(signal.SIGKILL)
    for n in range(3):
        servers.imap.drop(
            address,
            f"From: Lena <{lena.address}>\r\nTo: {address}\r\nSubject: Dark {n}\r\n"
            f"Message-ID: <dark-{n}-{address}>\r\nDate: {email.utils.formatdate()}\r\n\r\n"
            f"text {n}\r\n".encode(),
        )
    time.sleep(8)  # long enough for polls to fail, too
    servers.imap.start()
    for n in range(3):
        desk.case_with(f"dark-{n}-{address}", seconds=180)
    after = lena.writes(address, "After", "text")
    desk.case_with(id_of(after), seconds=120)
    assert set(_ids(desk).values()) == {1}
    assert len(_ids(desk)) == 7


def test_a_server_that_counts_anew_doubles_nothing_and_hides_nothing(
    opens: Opens, address: str, lena: Customer, servers: MailServers
) -> None:
    desk = opens(address)
    mails = [lena.writes(address, f"Number {n}", "text") for n in range(4)]
    for mail in mails:
        desk.case_with(id_of(mail), seconds=120)
    servers.imap.recount(address)
    after = lena.writes(address, "After the flood", "text")
    desk.case_with(id_of(after), seconds=120)
    assert _ids(desk) == Counter({id_of(mail): 1 for mail in [*mails, after]})


def test_one_mail_to_two_of_our_mailboxes_is_one_case(
    opens: Opens, address: str, lena: Customer
) -> None:
    first, second = opens(address), opens(f"info-{address}")
    both = lena.writes([first.address, second.address], "To both", "Does anybody read this?")
    wait_until(lambda: len(first.cases()) + len(second.cases()) == 1, seconds=120, what="the case")
    time.sleep(3)  # the other mailbox has brought its copy by now
    desk = first if first.cases() else second
    other = second if desk is first else first
    case = desk.case_with(id_of(both))
    desk.reply(case["id"], "We do.")
    (answer,) = lena.waits_for(1)
    again = lena.writes(other.address, "Re: To both", "Good.", answer)
    assert desk.case_with(id_of(again), seconds=120)["id"] == case["id"]
    assert other.cases() == []
    assert len(lena.inbox()) == 1
    assert set(_ids(desk).values()) == {1}


def test_an_answer_that_nobody_gets_comes_back_and_says_so(
    opens: Opens, address: str, servers: MailServers
) -> None:
    desk = opens(address)
    gone = Customer(servers, NOBODY, "Nils Nobody")
    question = gone.writes(address, "Hello", "I shall soon be gone.")
    case = desk.case_with(id_of(question), seconds=120)
    desk.waits_for(desk.reply(case["id"], "Are you there?"), "sent", "confirmed")

    def says_so() -> bool:
        with desk.house.owner() as agent:
            return "550 5.1.1 no such user" in agent.get(f"/c/{case['id']}/").text

    wait_until(says_so, seconds=90, what="the bounce on the case")
    assert len(desk.messages(case["id"])) == 2
    assert len(desk.cases()) == 1

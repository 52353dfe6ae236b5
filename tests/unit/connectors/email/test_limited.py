"""The limited child: what it cannot do, what becomes of a mail that is too much for it."""

from __future__ import annotations

import os
import signal
import threading

import psutil
import pytest

from hearwell.connect.failures import ContractChanged
from hearwell.connect.model import InboundMessage
from hearwell.connectors.email import child, limited, parse, reading
from hearwell.connectors.email.fake import Fake
from hearwell.connectors.email.limited import Readers, TooHeavyError, _Child, _RetiredError

MAIL = b"From: a@b.test\r\nSubject: Bag\r\nMessage-ID: <12345678@b.test>\r\n\r\nHello\r\n"


@pytest.fixture
def readers():
    made = Readers()
    yield made
    made.close()


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch):
    """Children whose reader runs some code of ours before it reads a whole mail."""

    def spoil(code: str) -> None:
        program = (
            "import sys\n"
            "from hearwell.connectors.email import child, reading\n"
            "honest = reading.read\n"
            "def read(mail, *, is_frugal=False):\n"
            f"    if not is_frugal:\n        {code}\n"
            "    return honest(mail, is_frugal=is_frugal)\n"
            "child.read, child.CHILD_CPU_S = read, 0\n"
            "sys.exit(child.main())\n"
        )
        monkeypatch.setattr(limited, "_COMMAND", [*limited._COMMAND[:3], "-c", program])

    return spoil


def test_one_child_reads_many_mails(readers: Readers) -> None:
    first = readers.read(MAIL)
    (pid,) = [one.process.pid for one in readers._idle]
    for _ in range(5):
        assert readers.read(MAIL) == first
    assert [one.process.pid for one in readers._idle] == [pid]


def test_the_child_has_nothing_to_lose(readers: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    """No environment, hence no key and no database; no descriptor of ours but its line."""
    monkeypatch.setenv("HEARWELL_SECRET_KEY", "canary")
    with open(os.devnull) as ours:  # noqa: PTH123  a descriptor that is open here
        readers.read(MAIL)
        (one,) = readers._idle
        process = psutil.Process(one.process.pid)
        assert process.environ() == {}
        assert process.cwd() == "/"
        assert process.num_fds() <= 4
        assert process.rlimit(psutil.RLIMIT_FSIZE) == (0, 0)
        assert process.rlimit(psutil.RLIMIT_AS)[1] == limited_memory()
        assert process.rlimit(psutil.RLIMIT_CPU)[0] < 20
        assert ours.fileno() > 2


def limited_memory() -> int:
    return child.CHILD_MEMORY


@pytest.mark.parametrize(
    "code",
    ["bytearray(2 << 30)", "import os; os.abort()", "import os; os.kill(os.getpid(), 9)"],
    ids=["memory", "crash", "killed"],
)
def test_a_mail_that_ends_the_child_is_shown_by_its_head(
    readers: Readers, spoilt, code: str
) -> None:
    spoilt(code)
    letter = readers.read(MAIL)
    assert (letter.subject, letter.text, letter.is_cut) == ("Bag", "", True)


def test_a_mail_that_would_never_end_is_ended(readers: Readers, spoilt) -> None:
    spoilt("\n        while True: pass")
    assert readers.read(MAIL).is_cut


@pytest.mark.parametrize("number", ["SIGTERM", "SIGKILL", "SIGHUP"])
def test_a_child_that_somebody_else_ends_does_not_cost_the_mail(
    readers: Readers, spoilt, tmp_path, number: str
) -> None:
    """A stop of the whole house, or an operator: the mail is innocent and is read whole."""
    mark = tmp_path / "once"
    mark.touch()
    spoilt(
        "import os, signal\n"
        f"        if os.path.exists({str(mark)!r}):\n"
        f"            os.unlink({str(mark)!r})\n"
        f"            signal.signal(signal.SIGTERM, signal.SIG_DFL)\n"
        f"            os.kill(os.getpid(), signal.{number})"
    )
    letter = readers.read(MAIL)
    assert (letter.text, letter.is_cut) == ("Hello", False)
    assert not mark.exists()


def test_the_signals_of_a_terminal_do_not_reach_the_child(readers: Readers) -> None:
    readers.read(MAIL)
    (one,) = readers._idle
    assert os.getpgid(one.process.pid) != os.getpgid(0)
    for number in (signal.SIGTERM, signal.SIGINT):
        one.process.send_signal(number)
    assert readers.read(MAIL).text == "Hello"
    assert [same.process.pid for same in readers._idle] == [one.process.pid]


def test_a_mail_nobody_can_read_is_parked_and_not_lost(
    readers: Readers, spoilt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limited, "CHILD_WALL_S", 0.5)
    spoilt("import time; time.sleep(60)")
    with pytest.raises(TooHeavyError, match="longer than"):
        readers.read(MAIL)
    assert readers._idle == []


def test_a_mistake_of_ours_is_told_by_its_kind_alone(readers: Readers, spoilt) -> None:
    spoilt("raise KeyError(mail)")
    with pytest.raises(TooHeavyError, match="KeyError") as caught:
        readers.read(MAIL)
    assert "Hello" not in str(caught.value)
    assert len(readers._idle) == 0


def test_parse_turns_it_into_a_failure_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    def heavy(_: bytes) -> None:
        raise TooHeavyError

    monkeypatch.setattr(parse.limited, "read", heavy)
    fake = Fake()
    with pytest.raises(ContractChanged):
        fake.connector.parse(fake.raw(MAIL))


def test_a_child_that_retired_is_replaced(readers: Readers) -> None:
    """It ended by itself while nobody asked; whoever asks next must not notice."""
    readers.read(MAIL)
    (one,) = readers._idle
    one.line.shutdown(1)  # it sees the end of its input and leaves
    one.process.wait(10)
    assert readers.read(MAIL).subject == "Bag"
    assert one.process.returncode == 0


def test_a_child_that_retires_while_it_is_asked_is_told_apart_from_one_that_died() -> None:
    one = _Child.start()
    one.line.shutdown(1)
    one.process.wait(10)
    with pytest.raises(_RetiredError):
        one.ask(MAIL, is_frugal=False)
    one.stop()


def test_a_forked_process_takes_children_of_its_own(readers: Readers) -> None:
    readers.read(MAIL)
    readers._owner = -1
    before = list(readers._idle)
    readers.read(MAIL)
    assert before[0] not in readers._idle
    before[0].stop()


def test_many_threads_share_a_few_children(readers: Readers) -> None:
    letters: list[str] = []

    def work() -> None:
        letters.extend(readers.read(MAIL).subject for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert letters == ["Bag"] * 80
    assert len(readers._idle) <= limited._AT_ONCE


@pytest.mark.parametrize(
    "hostile",
    [
        b"<a " * 170_000,
        b"<div>" * 100_000,
        b"<!--" * 120_000,
        b"<p a='" * 80_000,
        b"&#" * 200_000,
        b"<blockquote type=cite>" * 20_000,
        b"> " * 100_000,
        b"On 2026 a@b.test wrote:\n" * 20_000,
        b"From: x\nSent: y\nTo: z\n" * 20_000,
        b"-" * 400_000,
        b"\n" * 400_000,
        b"=?utf-8?q?=" * 40_000,
    ],
    ids=range(12),
)
def test_hostile_text_is_read_within_the_childs_own_time(hostile: bytes) -> None:
    """Were it not, only the head would be left and the letter would have no text at all."""
    for kind in (b"html", b"plain"):
        head = b"From: a@b.test\nSubject: Bag\nContent-Type: text/" + kind + b"\n\nHello there\n"
        letter = limited.read(head + hostile)
        assert letter.text.startswith("Hello there") or "Hello there" in letter.full_text


def test_a_large_mail_is_read_with_little_memory(readers: Readers) -> None:
    body = b"A" * 76 + b"\r\n"
    mail = (
        b"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + body * (24 * 1024 * 1024 // len(body))
        + b"--b--\r\n"
    )
    letter = readers.read(mail)
    assert letter.text == "Hello"
    assert letter.attachments[0].size > 17_000_000
    peak = psutil.Process(readers._idle[0].process.pid).memory_info().rss
    assert peak < 200 * 1024 * 1024


def test_reading_needs_nothing_but_the_standard_library() -> None:
    """A child starts with it: every library more is more to start and more to attack."""
    import subprocess
    import sys

    code = "import sys, hearwell.connectors.email.child; print(*sorted(sys.modules))"
    out = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    ours = {name for name in out if name.startswith("hearwell")}
    known = set(sys.stdlib_module_names) | {"hearwell", "__main__"}
    strangers = {name.partition(".")[0] for name in out} - known
    assert {name for name in strangers if not name.startswith("_")} <= {"sitecustomize"}
    assert not any(name.startswith(("hearwell.kit", "hearwell.connect.")) for name in ours)


def test_an_item_of_a_cut_mail_says_so() -> None:
    fake = Fake()
    raw = fake.raw(MAIL)
    headers = {**raw.headers, "x-mail-cut": "1"}
    (item,) = fake.connector.parse(
        type(raw)(raw.method, raw.url, headers, raw.body, raw.received_at)
    )
    assert isinstance(item, InboundMessage)
    assert item.is_cut
    assert reading.read(MAIL).is_cut is False

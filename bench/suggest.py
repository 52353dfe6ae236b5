"""Suggested answers on real care conversations: is the page that the agent linked among them.

Conversations of each brand come in the order of their times; before each one is learned it is
asked: of what the brand answered so far, and of its pages, which page would we suggest? Truth is
the help page in the agent's answer. The pages of a brand are all known ones of the sites that it
links to, each a published article under the words of its address (the pages themselves are not in
the data). Weights were chosen on the earlier half; the later half is what is reported, with 95 %
intervals. Baselines in the same run: the most used page so far, BM25 over past questions, BM25
over pages with their past questions. Ours runs through the product's services on PostgreSQL.

Speed: one question with 3,000 remembered ones and 300 articles, beside a search for its words.

    python -m bench.suggest [--data ../shared/data] [--runs 40]
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit
from uuid import UUID, uuid4

from bench._suggest_rivals import bm25_pages, bm25_questions, most_used
from hearwell.config.scratch import ground, set_up_django
from hearwell.kit.shares import Share
from hearwell.triage.training.sets import data_folder

CONVERSATIONS, PAGES = "ibm_care_conversations.jsonl.gz", "ibm_care_doc_urls.csv.gz"
_ARCHIVED: Final = re.compile(r"^https?://web\.archive\.org/web/\d+/")
_LAST_TURNS, _AT_MOST = 3, 5


@dataclass(frozen=True)
class Asked:
    """A conversation: the brand, the customer's last words, when, and the page that answered."""

    brand: str
    text: str
    at: datetime
    page: str


@dataclass
class Tally:
    """How often the page stood first, and among the first five."""

    n: int = 0
    first: int = 0
    five: int = 0
    firsts: list[bool] = field(default_factory=list)

    def note(self, pages: Sequence[str], truth: str) -> None:
        """Count one question."""
        self.n += 1
        self.first += pages[:1] == [truth]
        self.five += truth in pages[:_AT_MOST]
        self.firsts.append(pages[:1] == [truth])

    def figures(self) -> dict[str, Any]:
        """Return recall@1 and @5 with Wilson's interval."""
        return {
            "n": self.n,
            "recall_at_1": round(self.first / self.n, 3),
            "recall_at_1_interval": _interval(self.first, self.n),
            "recall_at_5": round(self.five / self.n, 3),
            "recall_at_5_interval": _interval(self.five, self.n),
        }


def _interval(hits: int, n: int) -> list[float]:
    return [round(end, 3) for end in Share(hits, n).interval or ()]


def conversations(folder: Path) -> list[Asked]:
    """Return the conversations in the order of their times."""
    with gzip.open(folder / CONVERSATIONS, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    lines.sort(key=lambda line: (line["start"], line["id"]))
    return [
        Asked(
            line["company"],
            "\n".join([t["text"] for t in line["turns"] if t["role"] == "client"][-_LAST_TURNS:]),
            datetime.fromisoformat(line["start"]),
            line["answer"]["doc_id"],
        )
        for line in lines
    ]


def pages_of_brands(folder: Path, asked: Sequence[Asked]) -> dict[str, dict[str, str]]:
    """Return brand -> page -> the words of its address, for all pages of the brand's sites."""
    with gzip.open(folder / PAGES, "rt", encoding="utf-8") as file:
        addresses = {page: _ARCHIVED.sub("", url) for page, url in csv.reader(file)}
    sites: dict[str, set[str]] = defaultdict(set)
    for one in asked:
        sites[one.brand].add(_site(addresses.get(one.page, "")))
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for page, url in addresses.items():
        for brand, hosts in sites.items():
            if _site(url) in hosts - {""}:
                found[brand][page] = _title(url)
    for one in asked:
        found[one.brand].setdefault(one.page, "")
    return found


def _site(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")


def _title(url: str) -> str:
    words = re.findall(r"[^\W\d_]{3,}", unquote(urlsplit(url).path))
    return " ".join(words)[:200]


@dataclass
class Desk:
    """A brand's workspace: its account and its articles by page."""

    workspace_id: UUID
    channel: Any
    user: Any
    articles: dict[str, UUID]
    pages: dict[UUID, str]


def open_desk(brand: str, titles: Mapping[str, str]) -> Desk:
    """Make a workspace in which every page is a published article."""
    from hearwell.accounts.models import Membership, User, Workspace
    from hearwell.channels.models import Brand, Channel
    from hearwell.kit.scope import scope
    from hearwell.knowledge import services

    place = Workspace.objects.create(name=brand, slug=f"b{uuid4().hex[:12]}", time_zone="UTC")
    user = User.objects.create(email=f"{place.slug}@bench.example", name="Agent")
    with scope(place.id):
        Membership.objects.create(workspace=place, user=user, role="owner", initials="AA")
        name = Brand.objects.create(workspace_id=place.id, name=brand)
        channel = Channel.objects.create(
            workspace_id=place.id, brand=name, network="archive", handle=brand, external_id=brand
        )
        articles = {}
        for page, title in titles.items():
            words = services.Words("en", title or f"Page {page}", "", f"See page {page}.")
            version = services.approve(services.begin_article(place.id, words, by=user).id, by=user)
            articles[page] = version.article_id
    return Desk(place.id, channel, user, articles, {key: page for page, key in articles.items()})


def ours(desk: Desk, text: str) -> list[str]:
    """Return the pages that we suggest."""
    from hearwell.kit.scope import scope
    from hearwell.knowledge.suggesting import suggested

    with scope(desk.workspace_id):
        return [desk.pages[one.version.article_id] for one in suggested(desk.workspace_id, text)]


def learn(desk: Desk, one: Asked, number: int) -> None:
    """Take the question in, answer it, and remember which page answered it."""
    from hearwell.connect.model import Audience, Author, InboundMessage, MessageKind
    from hearwell.contacts import services as contacts
    from hearwell.conversations import services as conversations
    from hearwell.conversations.models import Conversation
    from hearwell.kit.scope import scope
    from hearwell.knowledge import services

    key = f"c{number}"
    item = InboundMessage(
        external_id=key, dedup_key=key, occurred_at=one.at, account=one.brand, thread_key=key,
        kind=MessageKind.MENTION, audience=Audience.PUBLIC, author=Author(key, key, key),
        text=one.text,
    )  # fmt: skip
    with scope(desk.workspace_id):
        people = contacts.identify(desk.workspace_id, "archive", [item.author])
        threads = conversations.thread(desk.channel, [item], people, historic=True)
        (message,) = conversations.record_inbound(
            desk.channel, [item], threads, people, historic=True
        )
        home = Conversation.objects.get(case_id=message.case_id)
        reply = conversations.record_outbound(
            conversations.OutboundMessage(
                conversation_id=home.id, remote_id=f"r{number}", text=f"See page {one.page}.",
                sent_at=one.at, audience="public", delivery_id=uuid4(),
            )
        )  # fmt: skip
        services.remember(
            desk.workspace_id,
            [services.Answered(message.case_id, reply.id, one.text, one.at,
                               desk.articles[one.page], desk.user.id)],
        )  # fmt: skip


def _ranked(scores: Mapping[str, float]) -> list[str]:
    return sorted((page for page in scores if scores[page] > 0), key=lambda p: (-scores[p], p))


def rounds(folder: Path) -> Iterator[tuple[int, str, list[str], str]]:
    """Yield (number, who suggests, pages, truth), each question before it is learned."""
    from hearwell.conversations.words import words

    asked = conversations(folder)
    pages = pages_of_brands(folder, asked)
    desks = {brand: open_desk(brand, pages[brand]) for brand in pages}
    titles = {b: {page: words(text) for page, text in known.items()} for b, known in pages.items()}
    past: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
    for number, one in enumerate(asked):
        mine, before, desk = words(one.text), past[one.brand], desks[one.brand]
        yield number, "most_used_page", _ranked(most_used(before)), one.page
        yield number, "bm25_past_questions", _ranked(bm25_questions(before, mine)), one.page
        both = bm25_pages(before, mine, titles[one.brand])
        yield number, "bm25_pages_and_questions", _ranked(both), one.page
        yield number, "ours", ours(desk, one.text), one.page
        learn(desk, one, number)
        before.append((mine, one.page))


def recall(folder: Path) -> dict[str, Any]:
    """Return the figures of the later half, and how often only one of two was right."""
    half = len(conversations(folder)) // 2
    early: dict[str, Tally] = defaultdict(Tally)
    late: dict[str, Tally] = defaultdict(Tally)
    for number, who, pages, truth in rounds(folder):
        (late if number >= half else early)[who].note(pages, truth)
    pairs = list(zip(late["ours"].firsts, late["most_used_page"].firsts, strict=True))
    return {
        "later_half": {who: tally.figures() for who, tally in late.items()},
        "earlier_half_where_weights_were_chosen": {w: t.figures() for w, t in early.items()},
        "first_place_ours_only": sum(a and not b for a, b in pairs),
        "first_place_most_used_only": sum(b and not a for a, b in pairs),
    }


def speed(runs: int) -> dict[str, Any]:
    """Time one question in a full workspace beside a search for its words. Milliseconds."""
    from hearwell.kit.clock import now
    from hearwell.kit.scope import scope
    from hearwell.knowledge import queries
    from hearwell.knowledge.models import Precedent
    from hearwell.knowledge.stems import stems
    from hearwell.knowledge.suggesting import REMEMBERED, past_answers, suggested

    vocabulary = [f"w{i:04d}" for i in range(1500)]

    def pick(seed: int, n: int) -> str:
        return " ".join(vocabulary[(seed * 7 + k * k * 13) % len(vocabulary)] for k in range(n))

    desk = open_desk("Full", {str(i): pick(i, 12) for i in range(300)})
    one = Asked("Full", pick(3, 25), now(), "0")
    learn(desk, one, 0)
    keys = list(desk.articles.values())
    with scope(desk.workspace_id):
        first = Precedent.objects.get()
        Precedent.objects.bulk_create(
            Precedent(
                workspace_id=desk.workspace_id, case_id=first.case_id, message_id=None,
                article_id=keys[i % 300], stems=stems(pick(i, 18)), at=now(),
            )
            for i in range(REMEMBERED)
        )  # fmt: skip
        asks: dict[str, Callable[[str], object]] = {
            "search": lambda text: queries.saved_replies(desk.workspace_id, text[:60]),
            "suggested": lambda text: suggested(desk.workspace_id, text),
            "past_answers": lambda text: past_answers(desk.workspace_id, text),
        }
        times = {
            name: _timed(ask, [pick(i, 25) for i in range(runs)]) for name, ask in asks.items()
        }
    return {**times, "suggested_to_search": round(times["suggested"] / times["search"], 1)}


def _timed(ask: Callable[[str], object], texts: Sequence[str]) -> float:
    took = []
    for text in texts:
        begin = time.perf_counter()
        ask(text)
        took.append((time.perf_counter() - begin) * 1000)
    return round(statistics.median(took), 1)


def main() -> None:
    """Measure on a database of its own, and print figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=data_folder())
    parser.add_argument("--runs", type=int, default=40)
    given = parser.parse_args()
    folder = given.data
    if not (folder / CONVERSATIONS).exists():
        sys.exit(f"{folder / CONVERSATIONS} is not there: name its folder with --data.")
    with ground() as made:
        set_up_django(made, "worker")
        print(json.dumps({**recall(folder), "one_question_ms": speed(given.runs)}, indent=1))


if __name__ == "__main__":
    main()

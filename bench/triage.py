"""How fast messages are judged, on one core, beside the rules alone in the same run.

A model of random numbers, which costs what any other costs, judges invented messages of every
length and eleven languages: in batches of 128, and one at a time. ``features`` is what the learned
half needs alone (words and pieces hashed, all five heads' probabilities, the rules' own reading
included); ``whole`` also names the language, finds personal data, makes the key of near-duplicates
and says which words decided. The baseline is ``rules.assess``. Time is the process's own; the best
of the runs counts. Memory is measured in a process that does nothing else.

    python -m bench.triage [--runs 3] [--messages 4096]
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench._triage_random import random_model
from hearwell.triage.engine.features import AT_ONCE, Item, featurise
from hearwell.triage.engine.judge import judge
from hearwell.triage.engine.model import from_bytes
from hearwell.triage.rules import assess

PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
BAR_PER_S, BAR_P99_MS, BAR_MB = 4_000, 1.0, 120
_SAID = (
    "my parcel {n} never arrived and nobody answers my mails, this is the third week",
    "@care the app crashes on start since the update, iPhone 12, any idea? #help",
    "Thank you so much, it works again 🙏",
    "How much is delivery to {c}, and how long does it take?",
    "wo bleibt mein Paket {n}? Ich warte seit zwei Wochen, keine Antwort, bin echt enttäuscht",
    "Merci beaucoup pour votre aide rapide, le colis est bien arrivé ce matin",
    "¡Esto es una vergüenza! Llevo tres semanas y nadie me da una solución",
    "Il corriere ha lasciato il pacco dal vicino, come faccio a cambiare indirizzo?",
    "O aplicativo não funciona desde ontem, podem verificar por favor? pedido {n}",
    "Het werkt weer, bedankt voor de snelle hulp!",
    "När kommer nästa buss från {c}? Appen visar inget",
    "وين الطلب رقم {n}؟ لسه ما وصل من أسبوعين وما حد يرد",
    "bhai mera refund kab aayega, 10 din ho gaye, koi reply nahi",
    "lol same 😂",
    "ok",
    """I was charged twice for order {n}, please refund one of them to my card. I already wrote to
    you on Monday and on Wednesday and was told that it would take three days; it has been eight.
    If this is not solved by Friday I will go to the ombudsman. The statement is attached.""",
)


def messages(count: int) -> list[Item]:
    """Return invented messages: the same for the same count."""
    chance = random.Random(7)  # noqa: S311  a day that can be repeated
    towns = ("Leeds", "Ulm", "Porto", "Lyon", "Cairo", "Umeå")
    texts = [
        chance.choice(_SAID).format(n=chance.randrange(10**6, 10**8), c=chance.choice(towns))
        for _ in range(count)
    ]
    return [
        Item(f"{text} {chance.choice(_SAID[13:15])}" if at % 3 else text)
        for at, text in enumerate(texts)
    ]


def rate(work: Callable[[], object], count: int, runs: int) -> float:
    """Return messages per second of this process's time, the best of the runs."""
    best = float("inf")
    for _ in range(runs):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return count / best


def singles(work: Callable[[Item], object], items: Sequence[Item]) -> dict[str, float]:
    """Return the median and the 99th percentile of the milliseconds that one message takes.

    Of each message the better of three times: a neighbour on the core is not the message's cost.
    """
    found = []
    for item in items:
        times = []
        for _ in range(3):
            begun = time.process_time()
            work(item)
            times.append((time.process_time() - begun) * 1000)
        found.append(min(times))
    found.sort()
    at = len(found)
    return {"p50_ms": round(found[at // 2], 3), "p99_ms": round(found[at * 99 // 100], 3)}


def memory(what: str) -> int:
    """Return the megabytes of a process that has done this with a batch, and nothing else."""
    script = f"from bench.triage import held; held({what!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return round(float(done.stdout))


def held(what: str) -> None:
    """Take a batch, then print how many megabytes this process holds."""
    model, items = from_bytes(random_model().to_bytes()), messages(512)
    if what == "whole":
        judge(items, model)
    else:
        model.probabilities(featurise(items))
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    print(pages * PAGE_SIZE / 1e6)


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--messages", type=int, default=4096)
    asked = parser.parse_args()
    items, model = messages(asked.messages), random_model()
    judge(items[:AT_ONCE], model)  # warm: tables, caches, the language model

    def rates(work: Callable[[], object]) -> float:
        return rate(work, len(items), asked.runs)

    rules = rates(lambda: [assess(item.text) for item in items])
    features = rates(lambda: model.probabilities(featurise(items)))
    whole = rates(lambda: judge(items, model))
    figures: dict[str, Any] = {
        "rules_per_s": round(rules),
        "features": {
            "per_s": round(features),
            "cost_of_rules": round(rules / features, 2),
            "one": singles(lambda item: model.probabilities(featurise([item])), items[:1000]),
            "memory_mb": memory("features"),
        },
        "whole": {
            "per_s": round(whole),
            "cost_of_rules": round(rules / whole, 2),
            "one": singles(lambda item: judge([item], model), items[:1000]),
            "memory_mb": memory("whole"),
        },
        "bars": {"per_s": BAR_PER_S, "p99_ms": BAR_P99_MS, "memory_mb": BAR_MB},
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""How long people wait when those who still wait count too: the Kaplan-Meier estimate.

E. L. Kaplan, P. Meier: Nonparametric Estimation from Incomplete Observations, JASA 53 (1958). Who
waits still has waited at least until now; leaving them out makes every median look better.
"""

from __future__ import annotations

from hearwell.reports.rolling.sketches import Weighted


def survival_quantile(answered: Weighted, waiting: Weighted, share: float = 0.5) -> int | None:
    """Return the time by which a share of all has been answered, None where it is not reached.

    Parameters
    ----------
    answered: (seconds until the answer, how many).
    waiting: (seconds waited so far, how many). At the same time, answers come first.
    """
    events = sorted(
        [(time, 0, weight) for time, weight in answered]
        + [(time, 1, weight) for time, weight in waiting]
    )
    at_risk = sum(weight for _, _, weight in events)
    surviving = 1.0
    place = 0
    while place < len(events):
        time, is_waiting, _ = events[place]
        together = 0
        while place < len(events) and events[place][:2] == (time, is_waiting):
            together += events[place][2]
            place += 1
        if not is_waiting:
            surviving *= 1 - together / at_risk
            # 1e-12: a product of fractions that is a half must not miss it by rounding.
            if surviving <= 1 - share + 1e-12:
                return time
        at_risk -= together
    return None

"""How long people wait when those who still wait count too: the Kaplan-Meier estimate.

E. L. Kaplan, P. Meier: Nonparametric Estimation from Incomplete Observations, JASA 53 (1958). Who
waits still has waited at least until now; leaving them out makes every median look better.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hearwell.reports.rolling.sketches import Weighted

if TYPE_CHECKING:
    import numpy as np


def survival_quantile(
    answered: Weighted | np.ndarray[Any, Any],
    waiting: Weighted | np.ndarray[Any, Any],
    share: float = 0.5,
) -> int | None:
    """Return the time by which a share of all has been answered, None where it is not reached.

    Parameters
    ----------
    answered: (seconds until the answer, how many).
    waiting: (seconds waited so far, how many). At the same time, answers come first.
    """
    import numpy as np

    ended, still = (np.asarray(one, np.int64).reshape(-1, 2) for one in (answered, waiting))
    times, place = np.unique(ended[:, 0], return_inverse=True)
    if not len(times):
        return None
    together = np.bincount(place.reshape(-1), ended[:, 1])
    before = np.concatenate([[0], np.cumsum(together)[:-1]])
    at_risk = ended[:, 1].sum() + still[:, 1].sum() - before - _left_before(still, times)
    surviving = np.cumprod(1 - together / at_risk)
    # 1e-12: a product of fractions that is a half must not miss it by rounding.
    reached = np.flatnonzero(surviving <= 1 - share + 1e-12)
    return int(times[reached[0]]) if len(reached) else None


def _left_before(still: np.ndarray[Any, Any], times: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return how many had stopped being watched before each time."""
    import numpy as np

    by_time = still[np.argsort(still[:, 0])]
    upto = np.concatenate([[0], np.cumsum(by_time[:, 1])])
    return np.asarray(upto[np.searchsorted(by_time[:, 0], times)])

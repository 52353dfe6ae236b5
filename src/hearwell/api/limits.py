"""Rate limits of the API, in each web process."""

from __future__ import annotations

from hearwell.kit.buckets import Buckets

REQUESTS = Buckets(burst=120, per_s=10)
FAILURES = Buckets(burst=20, per_s=0.2)

"""Every address of the house; each part keeps its own list in its `urls.py`."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("hearwell.ops.urls")),
    path("account/", include("allauth.urls")),
    path("api/", include("hearwell.api.urls")),
    path("sandbox/", include("hearwell.sandbox.urls")),
    path("", include("hearwell.web.urls")),
]
handler400 = "hearwell.web.errors.bad_request"
handler403 = "hearwell.web.errors.forbidden"
handler404 = "hearwell.web.errors.not_found"
handler429 = "hearwell.web.errors.too_many"
handler500 = "hearwell.web.errors.server_error"

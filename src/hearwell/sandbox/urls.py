"""Addresses of the sandbox: the owner's control page, the network's API, the public pages."""

from __future__ import annotations

from django.urls import include, path

from hearwell.sandbox.api import urls as api_urls

app_name = "sandbox"
urlpatterns = [
    path("api/<slug:address>/", include(api_urls.urlpatterns)),
]

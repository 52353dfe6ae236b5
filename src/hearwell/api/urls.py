"""Addresses of the API: version 1, its reference page and its description."""

from __future__ import annotations

from django.urls import path, re_path

from hearwell.api import views
from hearwell.api.v1.api import api

urlpatterns = [
    path("v1/", api.urls),
    re_path(r"^v1(?:/.*)?$", views.unknown),
    path("docs", views.docs, name="api_docs"),
    path("docs/", views.docs),
    path("openapi.json", views.openapi, name="api_openapi"),
]

"""Addresses of the API, below ``/sandbox/api/<address>/``."""

from __future__ import annotations

from django.urls import path

from hearwell.sandbox.api import acting, play, views

urlpatterns = [
    path("play", play.play, name="api_play"),
    path("me", views.me, name="api_me"),
    path("token", views.token, name="api_token"),
    path("media", views.media, name="api_media"),
    path("comments", views.comments, name="api_comments"),
    path("messages", views.messages, name="api_messages"),
    path("events", views.events, name="api_events"),
    path("stream", views.stream, name="api_stream"),
    path("sent", views.sent, name="api_sent"),
    path("search", views.search, name="api_search"),
    path("timeline", views.timeline, name="api_timeline"),
    path("items/<uuid:item_id>", views.items, name="api_item"),
    path("items/<uuid:item_id>/acts", acting.acts, name="api_acts"),
]

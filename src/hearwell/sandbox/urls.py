"""Addresses of the sandbox: the owner's control page, the network's API, the public pages."""

from __future__ import annotations

from django.urls import include, path

from hearwell.sandbox.api import urls as api_urls
from hearwell.sandbox.trade import views as trade
from hearwell.sandbox.views import acts, control, pages

app_name = "sandbox"

_public = [
    path("", pages.feed, name="feed"),
    path("fresh/<uuid:after>/", pages.fresh, name="fresh"),
    path("join/", pages.join, name="join"),
    path("join/now/", acts.join, name="join_now"),
    path("leave/", acts.leave, name="leave"),
    path("post/", acts.post, name="post_now"),
    path("follow/", acts.follow, name="follow"),
    path("p/<uuid:post_id>/", pages.post, name="post"),
    path("p/<uuid:post_id>/thread/", pages.thread, name="thread"),
    path("p/<uuid:post_id>/comment/", acts.comment, name="comment"),
    path("p/<uuid:post_id>/edit/", acts.edit, name="edit"),
    path("p/<uuid:post_id>/delete/", acts.delete, name="delete"),
    path("p/<uuid:post_id>/like/", acts.like, name="like"),
    path("picture/<uuid:picture_id>/", pages.picture, name="picture"),
    path("messages/", pages.messages, name="messages"),
    path("messages/chat/", pages.chat, name="chat"),
    path("messages/write/", acts.write, name="write"),
    path("messages/<uuid:message_id>/edit/", acts.edit_message, name="edit_message"),
    path("messages/<uuid:message_id>/delete/", acts.delete_message, name="delete_message"),
]

urlpatterns = [
    path("control/", control.control, name="control"),
    path("control/expire/", control.expire, name="expire"),
    path("control/keys/", control.make_keys, name="make_keys"),
    path("open/", control.open_it, name="open"),
    path("close/", control.close_it, name="close"),
    path("demo/start/", control.demo_start, name="demo_start"),
    path("demo/stop/", control.demo_stop, name="demo_stop"),
    path("demo/remove/", control.demo_remove, name="demo_remove"),
    path("trade/<slug:address>/pay/<slug:code>/", trade.pay, name="pay"),
    path("trade/<slug:address>/<slug:house>/<path:rest>", trade.call, name="trade"),
    path("control/trade/", control.trade_faults, name="trade_faults"),
    path("api/<slug:address>/", include(api_urls.urlpatterns)),
    path("<slug:address>/", include(_public)),
]

"""What Facebook, Instagram and WhatsApp share: Meta's hooks, its Graph, its errors, its windows.

No connector is in here; those three folders may import it, nothing else may. By contract: it has
never spoken to the live network. What each module is for:

``hook``
    ``challenge(raw, secrets)`` answers the handshake, ``verify(raw, secrets)`` checks
    ``X-Hub-Signature-256`` over the raw bytes, ``entries_of(raw, kind)`` reads the envelope,
    ``accounts_in(raw, kind)`` is a ``route``.
``wire``
    ``Meta(client, at)`` knows the addresses; ``meta.line(token, ...)`` is a ``Graph``: ``get``,
    ``post``, ``delete``, each an ``Answer`` or a failure. ``VERSION`` is the one place that names
    the Graph's version. ``client_for(hosts, inside)`` opens the client.
``failing``
    ``COMMON``: what a code (and subcode) means. ``Meaning`` to add a network's own:
    ``meta.line(token, table={**COMMON, (131047, 0): Meaning(WindowClosed, "…")})``.
``pace``
    Usage headers → when to come back, and how much is used.
``tokens``
    Consent, code → token → long-lived token, ``inspect`` (``debug_token``), Pages of a person.
``health``
    ``verdict(meta, app, token, needs, ...)``: the checks, naming each missing permission.
``calls``
    ``subscribe(meta, app, hook)``: have Meta call us; ``is_called`` asks whether it still does.
``windows``
    ``problem_of(...)``: whether an answer may still go, and what is possible instead.
``messaging``, ``talking``, ``listing``
    Private messages of Messenger and Instagram read and sent, and lists asked page by page.
``pages``
    ``Called`` is the ground of all three connectors, ``Talks`` that of Facebook and Instagram.
``drafts``
    ``problems(rules, ...)``: what stops a draft of theirs, in the words of each.
``fake_graph``
    ``GraphNetwork``: the base of a fake network with its troubles, its signed deliveries and its
    consent page. Subclasses say what they answer (``answer``) and what they add to ``TROUBLES``.
``fake_pages``
    ``TalkingNetwork`` and ``TalkingFake``: the same for Facebook and Instagram, and what is
    examined on both.
"""

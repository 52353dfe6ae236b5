"""Harbour: a small social network of our own, for demos, for practice and for tests.

Owns its people, posts, private messages and the record of what happened, its public pages under
``/sandbox``, its HTTP API under ``/sandbox/api`` and the demo brand that is played on it. Refuses
every short cut: Hearwell learns of it over HTTP and through a connector, as of any other network.
"""

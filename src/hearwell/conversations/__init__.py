"""Conversations: cases, the threads they consist of, and every message in them.

Owns Case, Conversation, Message and its history, tags, notes, drafts, status and turn.
Refuses teams, clocks and networks: it holds their ids and times as plain values.
Nothing is sent from here: it records what came in and what went out.
"""

"""A second opinion: a language model of the workspace's choice, asked about what triage doubts.

Owns Connection, Month, Call, Opinion and Comparison. Off until somebody connects a model. What it
says is shown as a suggestion with its source and nothing more: this package cannot post, correct a
label or move a case, and imports nothing that can. Refuses to send personal data it can recognise.
"""

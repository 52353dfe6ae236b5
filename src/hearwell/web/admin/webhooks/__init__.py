"""Settings of outgoing webhooks: who is told what, and how it went."""

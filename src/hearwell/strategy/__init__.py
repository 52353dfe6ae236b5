"""Strategy: the playbook in versions, and who is responsible at every hour of the week.

Owns Playbook and Answers. Reads what the house has (accounts of networks, terms, teams, promises,
saved replies, rights) and keeps what people decided about it. Refuses to route, to promise or to
give rights: it says what was agreed and where that has a gap.
"""

"""What customers say of a solution: did that solve it, and short surveys after some contacts.

Of one closing one thing is asked at most. Above the inbox: what it sends and reopens goes by the
verbs that people use. It refuses to ask after every close, in public, and whoever waits for us.
"""

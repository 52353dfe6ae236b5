"""E-mail: IMAP and SMTP.

Owns how mail is fetched, read, threaded and sent. Refuses to believe a sender, to answer a machine
and to parse a stranger's bytes in a process that has anything to lose.
"""

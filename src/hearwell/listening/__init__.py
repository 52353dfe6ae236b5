"""Listening: who speaks of us in public without addressing us, by terms that people choose.

Owns Term, Hit, TermDay and ListeningChoice: what is listened for, what was found and judged.
Refuses to fetch (channels asks the networks) and to open cases (inbox tells that story). What it
cannot explain by words in the text it does not take in.
"""

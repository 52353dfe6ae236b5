"""Whether everybody is answered alike: rates and times by language and by number of parties.

Owns no table and changes nothing. It refuses to look at who somebody is beyond what they wrote.
"""

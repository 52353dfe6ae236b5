"""A shop and an airline that are nobody's: ordinary HTTP services for practice and for tests.

Harbour's customers buy there. Hearwell knows them as it would know any other system: by address,
secret and the tools that somebody declared.
"""

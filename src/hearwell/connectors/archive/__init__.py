"""An archive: what people and brands wrote, read from a file long after it was said.

Owns the documented JSON lines and their reading into the contract's items.
Refuses to fetch, to answer and to know files: the importer cuts them into deliveries.
"""

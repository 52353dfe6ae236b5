"""The study: how well brands answered, by eight published ways of counting.

Owns the methods (one SQL file each, over one narrow relation), the DuckDB reader of archives,
`hearwell study` and its report. Refuses Django, the network and a second definition: the
report page inside the application runs these same files on PostgreSQL.
"""

"""Parts of pages, drawn from plain values: no query is made here."""

"""Settings of what the team knows: articles, saved replies, macros."""

"""The public help page: what the team has published for everybody."""

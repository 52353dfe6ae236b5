"""The version after this one, as far as an upgrade goes: only its migrations."""

"""Settings pages of routing: teams, people, rules."""

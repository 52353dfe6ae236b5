"""Settings pages of automation: rules, what they would do, what they did."""

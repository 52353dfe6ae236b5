"""Settings: what customers are asked after a contact."""

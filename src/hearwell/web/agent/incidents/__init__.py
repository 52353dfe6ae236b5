"""The pages of incidents and of escalated cases."""

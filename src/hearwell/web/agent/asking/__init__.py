"""What customers and the team say, beside what was done."""

"""Settings of escalation: paths, levels, parts, and what enters by itself."""

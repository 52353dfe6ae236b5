"""Settings → Playbook: the four questions, their versions, and what they leave open."""

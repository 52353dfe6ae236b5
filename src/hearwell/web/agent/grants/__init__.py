"""The register of what was given."""

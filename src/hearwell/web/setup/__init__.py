"""The first page after the installation, and the ways on from it."""

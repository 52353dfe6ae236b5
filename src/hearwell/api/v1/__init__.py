"""Version 1: stable; what changes in it is only ever added."""

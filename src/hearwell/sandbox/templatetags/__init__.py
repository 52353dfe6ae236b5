"""Template filters and tags of the sandbox."""

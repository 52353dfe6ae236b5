"""Tools: the systems that are called, what can be looked up and done there, trying it out."""

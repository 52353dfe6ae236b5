"""Settings of the language model: the connection, its log, the comparison."""

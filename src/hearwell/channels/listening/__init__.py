"""The parts of the listening process: its agenda, its leases, its open streams."""

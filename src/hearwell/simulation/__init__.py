"""A day at the desk, played through: invented customers and agents, the real house, its own clock.

Owns: the invented crowd and staff, the model of first come, first served, and the comparison.
Refuses: any second implementation of what the house does; it calls the services that people call.
"""

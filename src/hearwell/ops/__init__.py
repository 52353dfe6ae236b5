"""Running the house: the embedded database, roles, processes, backup, health.

Owns: starting and stopping processes, database roles and grants, backup and
restore, health and the figures a monitor reads.
Refuses: any table of its own and any word of the product.
"""

"""The inbox: queues, list, case, composer."""

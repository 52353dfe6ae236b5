"""What may be sent by whom: the guard, approval, powers, grants."""

"""Reports by e-mail on the screen: orders, what became of them, and the link that stops one."""

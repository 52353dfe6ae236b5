"""The screens of those who answer customers."""

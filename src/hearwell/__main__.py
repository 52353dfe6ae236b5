"""`python -m hearwell` is `hearwell`."""

from hearwell.config.cli import main

main(prog_name="hearwell")

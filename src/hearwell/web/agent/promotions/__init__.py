"""Who is to be left in peace: the page, the file, and the line in a customer's panel."""

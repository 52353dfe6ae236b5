"""What a message speaks of, and which of it together means harm, law or press.

Words are data: a file a language in `words/`, the same classes in each; `together.txt` says which
classes raise an alarm when they stand near each other. `reading` finds them, `tables` loads them.
"""

"""Did that solve it? Asked once after a case was solved, answered by a press or in a word.

Above the inbox: what it sends and reopens goes by the verbs that people use.
"""

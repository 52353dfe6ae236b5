"""When, if, then: rules that do to cases what people would do each time, and say that they did.

A story above the inbox: it does nothing that a person could not do, by the same verbs.
"""

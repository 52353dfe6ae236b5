"""The executive page: five questions, each with one sentence reckoned from figures.

`answer` is what an answer is, `spans` which days it is of, `gather` reads, `service`, `danger`,
`change`, `money` and `people` are the rules of one question each, `goals` those of goals.
"""

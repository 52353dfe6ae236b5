"""Quality: which replies are read again, how they are graded, and how much the graders agree.

Owns Plan, Scorecard, Draw, Sample, Grade, Response, Calibration and Guide. Refuses to rank people,
to show a figure of too few replies, and to let anybody grade what they wrote.
"""

"""What customers may expect: how long an answer takes now, and who answers.

Owns WaitChoice, Estimate and Named. Tells nothing before an owner has switched it on, no
personal data ever, and no time better than what was measured.
"""

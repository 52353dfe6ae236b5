"""Who works on a case: teams, claims that expire, assignment.

Owns Team, TeamMember and Claim. A claim says "I am on it" for ten minutes and renews itself while
its holder writes, so nothing stays locked by somebody at lunch; an assignment lasts.
Refuses to judge what a message means (triage) or when it is due (sla): it takes primitives.
"""

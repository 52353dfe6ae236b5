"""What happened, measured: facts, reports and the study of archives.

Owns NeedFact, AnswerFact and ResolutionFact, append-only rows that events leave behind, what they
roll up to, the links of screens to the wallboard, and the reads that turn messages and facts into
figures. Every way of counting is defined once, in `study` and in `rolling.measures`.
Refuses to decide anything: it listens, and nobody below may import it.
"""

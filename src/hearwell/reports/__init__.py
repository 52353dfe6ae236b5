"""What happened, measured: facts, reports and the study of archives.

Owns AnswerFact and ResolutionFact, append-only rows that events leave behind, the links of screens
to the wallboard, and the reads that turn messages and facts into figures. Every way of counting is
defined once, in `study`.
Refuses to decide anything: it listens, and nobody below may import it.
"""

"""Replies read again: grading, scores, agreement, calibration, and the reviews of one's own."""

"""Google Business reviews: stars and words about our places, and one answer to each.

Owns the shapes of the Business Profile APIs and their errors. Refuses to keep, retry or wait.
"""

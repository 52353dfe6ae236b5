"""Knowledge: articles in versions and languages, the saved replies that live in them, macros.

Owns Article, ArticleVersion, Macro, Use and Precedent. What is published has been read by somebody
else than its writer. Refuses to act on a case: a macro says what is to be done, inbox does it.
"""

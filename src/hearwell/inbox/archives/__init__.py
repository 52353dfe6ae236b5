"""Archives as files: reading them line by line, and finding out what belongs together.

Owns layouts, rejected rows and the order in which an archive is taken in; memory stays constant.
Refuses the database: `inbox.importing` tells the story.
"""

"""What customers may know of their wait: page, badge, open JSON, and who answers."""

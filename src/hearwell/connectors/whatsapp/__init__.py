"""WhatsApp: a business number on the Cloud API that customers write to.

Owns its messages, receipts, templates and errors. Refuses to keep, retry or wait.
"""

"""What reaches people who are not looking: push to their devices, digests by e-mail.

Owns Device, Notice, Letter and Digest: where a person wants to be told and of what, and what each
device and person is or was told. A device is told of one thing once. Refuses to decide anything:
it listens, and nobody below may import it.
"""

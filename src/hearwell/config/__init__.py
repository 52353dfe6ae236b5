"""Where the house is put together: settings, addresses, processes, commands.

Owns: reading the environment, Django's settings, the URL table, the ASGI
composition, the `hearwell` command and the list of connectors.
Refuses: any rule of the product; nothing below may import this package.
"""

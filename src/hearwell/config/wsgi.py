"""The pages, as WSGI: Django's synchronous handler is its fast one."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.config.settings")
application = get_wsgi_application()

#!/usr/bin/env python3
"""A shop with a payment webhook, an outbox and a worker. It needs Django, countersign, and the environment of settings.py:

    python manage.py migrate
    python manage.py createsuperuser
    python manage.py runserver
    python manage.py countersign_drain --forever     # in another terminal: the worker
"""

import os

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line()

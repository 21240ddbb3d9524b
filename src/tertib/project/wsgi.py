"""What the web server loads, once in each of its processes."""

import os

from django.core.wsgi import get_wsgi_application

from tertib.lib.lifeline import die_with_parent
from tertib.project.bodies import patient

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tertib.project.settings")
die_with_parent()

application = patient(get_wsgi_application())

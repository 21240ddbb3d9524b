"""The same house in a folder of its own that is gone afterwards."""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="tertib-tests-")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
os.environ["TERTIB_DATA"] = FOLDER
os.environ.pop("TERTIB_URL", None)

from tertib.project.settings import *  # noqa: E402, F403 the folder must be known before
from tertib.project.settings import DATA, DATABASES, STORAGES, TASKS  # noqa: E402

# A file, not memory: other connections, threads and processes see it as they would in use.
DATABASES["default"].setdefault("TEST", {})
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": f"{FOLDER}/test.sqlite3"}
    DATABASES["default"]["CONN_MAX_AGE"] = 0
else:
    del DATABASES["default"]["OPTIONS"]["pool"]  # a database is copied only when nobody is in it

# A test that is about the time which a password takes says so: tertib.people.hashers.Argon2.
PASSWORD_HASHERS = ["tertib.people.tests.hashers.Quick"]
TASKS["default"]["BACKEND"] = "django.tasks.backends.immediate.ImmediateBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT = DATA
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True

"""Every room's pages, and the API. A room that has urls.py adds its line here."""

from django.urls import include, path

from tertib.project import views
from tertib.project.api import api

urlpatterns = [
    path("health", views.health, name="health"),
    path("api/v1/openapi.json", views.describe_api, name="openapi"),
    path("api/v1/", api.urls),
    path("", include("tertib.ui.urls")),
    path("", include("tertib.compliance.urls")),
    path("", include("tertib.audit.urls")),
    path("", include("tertib.jobs.urls")),
    path("", include("tertib.people.urls")),
    path("", include("tertib.notify.urls")),
    path("", include("tertib.work.urls")),
    path("", include("tertib.agents.urls")),
    path("", include("tertib.inventory.urls")),
    path("", include("tertib.keep.urls")),
    path("", include("tertib.governance.urls")),
    path("", include("tertib.reports.urls")),
]

handler400 = "tertib.ui.errors.bad_request"
handler403 = "tertib.ui.errors.forbidden"
handler404 = "tertib.ui.errors.not_found"
handler500 = "tertib.ui.errors.server_error"

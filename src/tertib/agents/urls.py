from django.urls import path

from tertib.agents import pages, views

app_name = "agents"
# With and without a slash at the end, answered at once: agents send the body again on a redirect.
urlpatterns = [
    path("lokasi/<uuid:uuid>/agen", pages.enrol, name="enrol"),
    path("lokasi/<uuid:uuid>/agen/<int:number>/cabut", pages.revoke, name="revoke"),
    path("agent/<str:enrolment>/", views.report, name="report"),
    path("agent/<str:enrolment>", views.report),
    *(
        path(f"{place}{end}", views.report_with_password)
        for place in (
            "front/inventory.php",
            "plugins/fusioninventory",
            "plugins/glpiinventory",
            "marketplace/glpiinventory",
            "ocsinventory",
        )
        for end in ("", "/")
    ),
]

from django.urls import path

from tertib.compliance import views

app_name = "compliance"
urlpatterns = [
    path("", views.home, name="home"),
    path("sop", views.sop, name="sop"),
    path("sop/<str:clause_id>", views.clause, name="clause"),
    path("sop/<str:clause_id>/<str:control_id>", views.evidence, name="evidence"),
]

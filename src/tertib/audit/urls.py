from django.urls import path

from tertib.audit import views

app_name = "audit"
urlpatterns = [
    path("jejak-audit", views.trail, name="trail"),
    path("jejak-audit.csv", views.export, name="export"),
]

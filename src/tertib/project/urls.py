from django.urls import path

from tertib.project import views

urlpatterns = [
    path("health", views.health, name="health"),
]

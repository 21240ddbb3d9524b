from django.urls import path

from tertib.ui import views

app_name = "ui"
urlpatterns = [
    path("tampilan", views.display, name="display"),
    path("cari", views.search_page, name="search"),
    path("pengaturan", views.settings, name="settings"),
]

from django.urls import path

from tertib.keep import views

app_name = "keep"
urlpatterns = [
    path("pengaturan/backup", views.backups, name="backups"),
    path("pengaturan/backup/buat", views.make, name="make"),
    path("pengaturan/backup/<str:name>/periksa", views.check, name="check"),
]

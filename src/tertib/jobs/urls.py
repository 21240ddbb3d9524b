from django.urls import path

from tertib.jobs import views

app_name = "jobs"
urlpatterns = [
    path("pengaturan/pekerjaan", views.jobs, name="jobs"),
    path("pengaturan/pekerjaan/<str:job>/lagi", views.retry, name="retry"),
    path("pengaturan/jadwal/<str:name>/jalankan", views.run_now, name="run_now"),
]

from django.urls import path

from tertib.reports import views

app_name = "reports"
urlpatterns = [
    path("laporan", views.reports, name="reports"),
    path("laporan/<str:month>", views.report, name="report"),
    path("laporan/<str:month>/pdf", views.pdf, name="pdf"),
    path("laporan/<str:month>/terbitkan", views.issue, name="issue"),
    path("laporan/<str:month>/tanda-tangan", views.sign, name="sign"),
]

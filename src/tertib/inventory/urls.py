from django.urls import path

from tertib.inventory import views

app_name = "inventory"
urlpatterns = [
    path("aset", views.assets, name="assets"),
    path("aset.csv", views.export, name="export"),
    path("aset/pertanyaan", views.questions, name="questions"),
    path("aset/pertanyaan/<int:pk>", views.answer, name="answer"),
    path("aset/<str:tag>", views.asset, name="asset"),
    path("aset/<str:tag>/perangkat-lunak", views.software, name="software"),
    path("aset/<str:tag>/data", views.change_entry, name="change_entry"),
    path("aset/<str:tag>/pemilik", views.change_owner, name="change_owner"),
    path("aset/<str:tag>/lokasi", views.change_place, name="change_place"),
    path("aset/<str:tag>/status", views.change_status, name="change_status"),
]

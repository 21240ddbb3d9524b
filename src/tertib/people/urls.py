from django.urls import path

from tertib.people.views import people, signin

app_name = "people"
urlpatterns = [
    path("masuk", signin.sign_in, name="sign_in"),
    path("keluar", signin.sign_out, name="sign_out"),
    path("sandi", signin.password, name="password"),
    path("mulai/<secret>", signin.first, name="first"),
    path("tautan/<secret>", signin.link, name="link"),
    path("orang", people.people, name="people"),
    path("orang/impor", people.import_list, name="import_list"),
    path("orang/<uuid:uuid>", people.person, name="person"),
    path("orang/<uuid:uuid>/peran", people.give_role, name="give_role"),
    path("orang/<uuid:uuid>/peran/akhiri", people.end_role, name="end_role"),
    path("orang/<uuid:uuid>/tautan", people.make_link, name="make_link"),
]

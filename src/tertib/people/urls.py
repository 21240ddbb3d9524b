from django.urls import path

from tertib.people.views import account, people, signin

app_name = "people"
urlpatterns = [
    path("masuk", signin.sign_in, name="sign_in"),
    path("keluar", signin.sign_out, name="sign_out"),
    path("sandi", signin.password, name="password"),
    path("akun", account.account, name="account"),
    path("akun/sesi/akhiri", account.end_sessions, name="end_sessions"),
    path("akun/sesi/<uuid:uuid>/akhiri", account.end_session, name="end_session"),
    path("akun/tidak-hadir", account.be_away, name="be_away"),
    path("akun/tidak-hadir/<uuid:uuid>/kembali", account.be_back, name="be_back"),
    path("akun/delegasi", account.delegate, name="delegate"),
    path("akun/delegasi/<uuid:uuid>/tarik", account.take_back, name="take_back"),
    path("mulai/<secret>", signin.first, name="first"),
    path("tautan/<secret>", signin.link, name="link"),
    path("orang", people.people, name="people"),
    path("orang/impor", people.import_list, name="import_list"),
    path("orang/<uuid:uuid>", people.person, name="person"),
    path("orang/<uuid:uuid>/peran", people.give_role, name="give_role"),
    path("orang/<uuid:uuid>/peran/akhiri", people.end_role, name="end_role"),
    path("orang/<uuid:uuid>/tautan", people.make_link, name="make_link"),
]

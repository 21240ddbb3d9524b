from django.urls import path

from tertib.people.views import account, company, people, person, signin

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
    path("orang/<uuid:uuid>", person.person, name="person"),
    path("orang/<uuid:uuid>/ubah", person.change, name="change_person"),
    path("orang/<uuid:uuid>/keluar", person.leave, name="leave"),
    path("orang/<uuid:uuid>/peran", person.give_role, name="give_role"),
    path("orang/<uuid:uuid>/peran/akhiri", person.end_role, name="end_role"),
    path("orang/<uuid:uuid>/tautan", person.make_link, name="make_link"),
    path("lokasi", company.sites, name="sites"),
    path("lokasi/baru", company.add_site, name="add_site"),
    path("lokasi/<uuid:uuid>", company.site, name="site"),
    path("lokasi/<uuid:uuid>/ubah", company.change_site, name="change_site"),
    path("tim", company.teams, name="teams"),
    path("tim/baru", company.add_team, name="add_team"),
    path("tim/<uuid:uuid>", company.team, name="team"),
    path("tim/<uuid:uuid>/ubah", company.change_team, name="change_team"),
    path("kunci", company.tokens, name="tokens"),
    path("kunci/<uuid:uuid>/cabut", company.revoke_token, name="revoke_token"),
]

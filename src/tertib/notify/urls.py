from django.urls import path

from tertib.notify.views import channels, choices, notices

app_name = "notify"
urlpatterns = [
    path("pemberitahuan", notices.notices, name="notices"),
    path("pemberitahuan/lonceng", notices.bell, name="bell"),
    path("pemberitahuan/terbaca", notices.read_all, name="read_all"),
    path("pemberitahuan/sw.js", choices.service_worker, name="service_worker"),
    path("pemberitahuan/berhenti/<key>", choices.unsubscribe, name="unsubscribe"),
    path("pemberitahuan/<uuid:uuid>", notices.open_notice, name="open"),
    path("akun/pemberitahuan", choices.choices, name="choices"),
    path("akun/pemberitahuan/peramban", choices.add_device, name="add_device"),
    path(
        "akun/pemberitahuan/peramban/<uuid:uuid>/hapus",
        choices.remove_device,
        name="remove_device",
    ),
    path("pengaturan/saluran", channels.channels, name="channels"),
    path("pengaturan/saluran/email", channels.mail, name="mail"),
    path("pengaturan/saluran/push", channels.push, name="push"),
    path("pengaturan/saluran/chat", channels.add_chat, name="add_chat"),
    path("pengaturan/saluran/webhook", channels.add_hook, name="add_hook"),
    path("pengaturan/saluran/<uuid:uuid>", channels.channel, name="channel"),
    path("pengaturan/saluran/<uuid:uuid>/ubah", channels.change_chat, name="change_chat"),
    path("pengaturan/saluran/<uuid:uuid>/coba", channels.test, name="test"),
    path("pengaturan/saluran/<uuid:uuid>/jeda", channels.pause, name="pause"),
    path("pengaturan/saluran/<uuid:uuid>/lanjut", channels.resume, name="resume"),
    path("pengaturan/saluran/<uuid:uuid>/hapus", channels.remove_channel, name="remove_channel"),
    path(
        "pengaturan/saluran/<uuid:uuid>/kiriman/<uuid:delivery>/lagi",
        channels.send_again,
        name="send_again",
    ),
]

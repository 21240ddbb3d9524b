from django.urls import path

from tertib.work.views import calendar, item, queue

app_name = "work"

urlpatterns = [
    path("tugas", queue.queue, name="queue"),
    path("tugas/baru", queue.new, name="new"),
    path("tugas/papan", queue.board, name="board"),
    path("tugas/massal", queue.bulk, name="bulk"),
    path("tugas/urungkan/<uuid:batch>", queue.undo, name="undo"),
    path("tugas/tampilan", queue.keep_view, name="keep_view"),
    path("tugas/tampilan/<int:pk>/hapus", queue.forget_view, name="forget_view"),
    path("tugas/kalender", calendar.calendar, name="calendar"),
    path("tugas/kalender/umpan", calendar.feed_key, name="feed_key"),
    path("kalender/<str:secret>.ics", calendar.feed, name="feed"),
    path("tugas/lampiran/<int:pk>", item.attachment, name="attachment"),
    path("tugas/baris/<int:pk>/tandatangan", item.sign, name="sign"),
    path("tugas/<str:name>", item.item, name="item"),
    path("tugas/<str:name>/ambil", item.take, name="take"),
    path("tugas/<str:name>/tugaskan", item.assign, name="assign"),
    path("tugas/<str:name>/delegasikan", item.lend, name="lend"),
    path("tugas/<str:name>/kembalikan", item.give_back, name="give_back"),
    path("tugas/<str:name>/tunda", item.snooze, name="snooze"),
    path("tugas/<str:name>/ingatkan", item.remind, name="remind"),
    path("tugas/<str:name>/eskalasi", item.escalate, name="escalate"),
    path("tugas/<str:name>/komentar", item.comment, name="comment"),
    path("tugas/<str:name>/lampirkan", item.attach, name="attach"),
    path("tugas/<str:name>/selesai", item.finish, name="finish"),
]

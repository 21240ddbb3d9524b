"""What people of the demonstration write, ask for and answer, and when. All of it is invented."""

from datetime import timedelta

SAID = (  # how long before the end, about which control's work, who of IT, and what
    (
        timedelta(days=6, hours=2),
        "mnt.monthly",
        2,
        "Teknisi gudang sakit minggu lalu. Sisanya kami kerjakan Kamis dan Jumat.",
    ),
    (
        timedelta(days=5, hours=23),
        "mnt.monthly",
        0,
        "Baik. Kabari saya kalau perlu orang dari Makassar.",
    ),
    (
        timedelta(days=2, hours=1),
        "sec.patched",
        3,
        "Ketiganya dipakai lini produksi. Jendela pemeliharaan sudah diminta untuk Sabtu malam.",
    ),
    (
        timedelta(days=1, hours=20),
        "bak.restore",
        6,
        "Uji pulih data pelanggan dijadwalkan ulang, server uji masih penuh.",
    ),
)
PLANNED = (  # how many days before the end, for whom of IT, what, more of it, days until it is due
    (
        13,
        3,
        "Cabut akses vendor jaringan lama",
        "Kontraknya berakhir. Akun VPN dan akun switch keduanya.",
        10,
    ),
    (
        9,
        2,
        "Ganti baterai UPS ruang server Jayapura",
        "Baterai sudah dipesan, datang minggu ini.",
        16,
    ),
    (5, 4, "Siapkan laptop untuk pegawai baru", "Tiga orang: Makassar, Jakarta, Jayapura.", 6),
    (6, 7, "Perbarui panduan Portal karyawan", "Halaman cuti sudah berubah.", 4),
)
MINUTES = """Berita acara pemeliharaan, Gudang Jayapura

Diperiksa: 11 dari 20 komputer, 2 printer, 1 UPS.
Ditunda: 9 komputer dipakai bongkar muat sampai Kamis.
Catatan: baterai UPS di bawah 60 persen, penggantian sudah diminta.
"""
VIEWS = (
    ("Perintah kerja tim", "lihat=semua&jenis=work_order"),
    ("Jaringan", "lihat=semua&klausul=4.2"),
)
WAIVERS = (  # how many days before the end, about what, why, for how many days, who of IT asks
    (
        56,
        "sec.firewall",
        "Mesin timbangan butuh port terbuka. Vendor menjanjikan versi baru bulan depan.",
        32,
        3,
    ),
    (
        18,
        "inv.sw.licensed",
        "Lisensi AutoCAD sudah dipesan, pengirimannya tiga minggu.",
        45,
        1,
    ),
    (
        10,
        "mnt.monthly",
        "Bulan ini terlalu sibuk untuk pemeliharaan di gudang.",
        60,
        2,
    ),
    (
        2,
        "net.up",
        "Satelit Jayapura sering terputus saat hujan. Tautan cadangan baru dipasang bulan depan.",
        40,
        3,
    ),
)
REFUSED = "Sibuk bukan alasan. Minta bantuan orang dari Makassar."
FOUND = "Versi baru sudah terpasang dan firewall aktif lagi sejak minggu lalu."
REQUESTS = (  # days before the end, who of IT, what, why, rupiah, days before decided, why refused
    (
        64,
        2,
        "UPS baru untuk ruang server Jayapura",
        "Baterai yang lama tinggal 20 menit.",
        18_500_000,
        60,
        "",
    ),
    (
        31,
        7,
        "Lisensi alat uji otomatis",
        "Menghemat sekitar dua hari kerja tiap rilis.",
        42_000_000,
        24,
        "Anggaran tahun ini habis. Ajukan lagi Januari.",
    ),
    (
        3,
        3,
        "Tautan internet cadangan Jayapura",
        "Satelit terputus 61 jam bulan lalu. Radio link dari mitra lokal bisa dipasang dua minggu.",
        9_750_000,
        None,
        "",
    ),
)
ASKED = ("Dukung jadwal pemeliharaan di Gudang Jayapura.",)  # of management, in each report

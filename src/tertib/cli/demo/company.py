"""Who and what the demonstration company is. Everybody and everything here is invented."""

from dataclasses import dataclass
from random import Random

NAME = "PT Sinar Bahari Nusantara"
DOMAIN = "sinarbahari.example"


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    zone: str
    network: str
    people: int
    computers: int


PLACES = (
    Place("Kantor pusat Jakarta", "Asia/Jakarta", "10.10.0.0/16", 90, 104),
    Place("Pabrik Makassar", "Asia/Makassar", "10.20.0.0/16", 42, 46),
    Place("Gudang Jayapura", "Asia/Jayapura", "10.30.0.0/16", 18, 20),
)

# IT, by name, role of the SOP, and place; the first is its head.
IT = (
    ("Dewi Anggraini", "kepala_ti", 0),
    ("Rizky Pratama", "infra", 0),
    ("Yohanes Wanggai", "infra", 2),
    ("Andi Nurhaliza", "jaringan", 1),
    ("Bagus Setiawan", "helpdesk", 0),
    ("Citra Lestari", "helpdesk", 0),
    ("Made Wirawan", "data", 0),
    ("Fitriani Hasan", "pengembang", 0),
    ("Gilang Ramadhan", "ahli", 0),
    ("Sari Puspita", "pelatih", 0),
)
MANAGEMENT = (("Hendra Wijaya", 0), ("Ratna Kusumawati", 0))
AUDITOR = "Maria Tambunan"  # of another company
TEAM_NAMES = {"sdm": "SDM"}  # where people write it in another way than any word
DEPARTMENTS = ("keuangan", "produksi", "gudang", "pemasaran", "sdm", "pembelian", "mutu")
JOINED = (  # in the last weeks: name, department, place
    ("Dwi Rahayu", "produksi", 1),
    ("Ferdinan Sirait", "keuangan", 0),
    ("Melati Kusnadi", "gudang", 2),
)

_FIRST = (
    "Adi", "Agus", "Ahmad", "Aisyah", "Ani", "Arif", "Ayu", "Bambang", "Budi", "Cahya", "Dian",
    "Dimas", "Eka", "Endang", "Fajar", "Farida", "Galih", "Hadi", "Hana", "Indah", "Intan",
    "Irfan", "Iwan", "Joko", "Kartika", "Laila", "Lukman", "Maya", "Mega", "Nadia", "Nanda",
    "Nur", "Putri", "Rahmat", "Rani", "Reza", "Rina", "Rudi", "Santi", "Siti", "Slamet", "Sri",
    "Sugeng", "Tari", "Teguh", "Tini", "Tono", "Umar", "Vina", "Wahyu", "Wati", "Widodo", "Yanti",
    "Yudi", "Yusuf", "Zahra",
)  # fmt: skip
_LAST = (
    "Halim", "Hidayat", "Nugroho", "Saputra", "Wibowo", "Susanto", "Maharani", "Permata",
    "Gunawan", "Siregar", "Situmorang", "Tanjung", "Lubis", "Harahap", "Mandagi", "Rumbiak",
    "Kaisiepo", "Daeng", "Mappa", "Latief", "Sihombing", "Purnama", "Kurnia", "Wulandari",
    "Safitri", "Utami", "Hartono", "Santoso", "Firmansyah", "Marpaung",
)  # fmt: skip


def people(random: Random, size: float) -> list[tuple[str, int]]:
    """Return (full name, place) of everybody who is neither of IT nor of management."""
    taken = {name for name, *_ in IT} | {name for name, _ in MANAGEMENT}
    names: list[str] = []
    wanted = round(size * sum(place.people for place in PLACES)) - len(taken)
    while len(names) < wanted:
        name = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
        if name not in taken:
            taken.add(name)
            names.append(name)
    places = [at for at, place in enumerate(PLACES) for _ in range(place.people)]
    random.shuffle(places)
    return list(zip(names, places, strict=False))


def email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


@dataclass(frozen=True, slots=True)
class System:
    key: str
    owner: int  # place in IT


SYSTEMS = (
    System("SIMKEU keuangan", 7),
    System("SAP gudang", 7),
    System("Portal karyawan", 7),
    System("Absensi", 1),
    System("Timbangan pabrik", 3),
    System("Surel perusahaan", 3),
)
LINKS = (
    ("Internet Jakarta utama", "internet"),
    ("Internet Makassar", "internet"),
    ("Internet Jayapura (satelit)", "internet"),
    ("VPN Jakarta-Makassar", "intranet"),
)


@dataclass(frozen=True, slots=True)
class Dataset:
    key: str
    secrecy: str
    sensitive: bool


DATASETS = (
    Dataset("Basis data keuangan", "rahasia", True),
    Dataset("Data penggajian", "data_pribadi", True),
    Dataset("Data pelanggan", "data_pribadi", True),
    Dataset("Basis data gudang", "internal", False),
    Dataset("Berkas bersama Jakarta", "internal", False),
    Dataset("Berkas bersama Makassar", "internal", False),
    Dataset("Surat elektronik", "rahasia", True),
    Dataset("Resep produksi", "rahasia", True),
)
MODELS = (
    ("LENOVO", "ThinkPad T14 Gen 3", "Notebook"),
    ("LENOVO", "ThinkCentre M70q", "Mini PC"),
    ("Dell Inc.", "Latitude 5440", "Notebook"),
    ("Dell Inc.", "OptiPlex 7010", "Desktop"),
    ("ASUSTeK COMPUTER INC.", "ExpertBook B1402", "Notebook"),
    ("HP", "ProLiant ML30 Gen10", "Tower"),
)
DEVICES = (("printer", 14), ("network", 12), ("ups", 6))
TITLES = (
    ("Microsoft 365 Apps for business", "16.0.17928", "Microsoft Corporation"),
    ("Google Chrome", "131.0.6778.86", "Google LLC"),
    ("7-Zip", "24.08", "Igor Pavlov"),
    ("Adobe Acrobat Reader", "24.004.20219", "Adobe Systems Incorporated"),
    ("Zoom Workplace", "6.2.7", "Zoom Video Communications, Inc."),
    ("LibreOffice", "24.8.3", "The Document Foundation"),
    ("WinRAR", "7.01", "win.rar GmbH"),
    ("AutoCAD LT", "2025.1", "Autodesk"),
    ("VLC media player", "3.0.21", "VideoLAN"),
    ("Notepad++", "8.7.1", "Notepad++ Team"),
)
COMPLAINTS = (
    ("printer", "Printer lantai 2 macet terus"),
    ("akun", "Tidak bisa masuk SIMKEU"),
    ("jaringan", "Wi-Fi gudang putus-putus"),
    ("perangkat", "Laptop tidak mau menyala"),
    ("surel", "Surel tidak terkirim ke pelanggan"),
    ("aplikasi", "Laporan SAP keluar kosong"),
    ("akses", "Minta akses folder pembelian"),
    ("perangkat", "Layar bergaris"),
)

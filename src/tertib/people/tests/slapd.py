"""OpenLDAP's own server, started by a test: on a port of its own, in a folder that is gone then."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import NAMESPACE_DNS, uuid5

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

BASE = "dc=example,dc=com"
PEOPLE = f"ou=people,{BASE}"
READER, PASSWORD = f"cn=tertib,{BASE}", "hanya membaca 1%"
PLACES = ("/usr/sbin", "/usr/bin", "/sbin")
CONFIG = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/pid
modulepath /usr/lib/ldap
moduleload back_mdb
{tls}
database mdb
maxsize 16777216
suffix "{base}"
directory {folder}/data
access to attrs=userPassword by anonymous auth
access to * by dn.exact="{reader}" read by * none
limits dn.exact="{reader}" size=unlimited
"""
TLS = "TLSCertificateFile {cert}\nTLSCertificateKeyFile {key}"
HEAD = f"""dn: {BASE}
objectClass: dcObject
objectClass: organization
o: Contoh
dc: example

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people

dn: {READER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: tertib
userPassword: {PASSWORD}

"""


def person(uid: str, *, mail: str | None = "", name: str = "", **more: str) -> str:
    """One entry; its key follows from uid. mail: None leaves it out."""
    name = name or uid.capitalize()
    lines = [
        *(f"dn: uid={uid},{PEOPLE}", "objectClass: inetOrgPerson", f"uid: {uid}"),
        *(f"cn: {name}", f"sn: {name}", f"entryUUID: {uuid5(NAMESPACE_DNS, uid)}"),
        *(f"{attribute}: {said}" for attribute, said in more.items()),
    ]
    if mail is not None:
        lines.append(f"mail: {mail or f'{uid}@example.com'}")
    return "\n".join(lines) + "\n\n"


@dataclass
class Slapd:
    folder: Path
    certified: bool
    port: int = 0
    tls_port: int = 0
    authority: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def fill(self, entries: Iterable[str]) -> None:
        """Hold exactly these people, from now on."""
        self.stop()
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir()
        ldif = self.folder / "people.ldif"
        ldif.write_text(HEAD + "".join(entries))
        subprocess.run(
            [_program("slapadd"), "-f", str(self.config), "-l", str(ldif)],
            check=True,
            capture_output=True,
        )
        self.start()

    def start(self) -> None:
        urls = f"ldap://127.0.0.1:{self.port}/"
        if self.certified:
            urls += f" ldaps://127.0.0.1:{self.tls_port}/"
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [_program("slapd"), "-f", str(self.config), "-h", urls, "-d", "0"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    @property
    def config(self) -> Path:
        return self.folder / "slapd.conf"


@contextmanager
def slapd(folder: Path, *, certified: bool = True, name: str = "127.0.0.1") -> Iterator[Slapd]:
    """name: what its certificate is made for."""
    folder.mkdir(parents=True, exist_ok=True)
    told = Slapd(folder, certified, port=_free_port(), tls_port=_free_port())
    tls = ""
    if certified:
        told.authority = certify(folder, name)
        tls = TLS.format(cert=folder / "cert.pem", key=folder / "key.pem")
    told.config.write_text(CONFIG.format(folder=folder, base=BASE, reader=READER, tls=tls))
    try:
        yield told
    finally:
        told.stop()


def certify(folder: Path, name: str) -> str:
    """Make an authority, and a certificate of it; return the authority's own."""
    authority, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    now, subject = datetime.now(UTC), _name("Contoh CA")
    issued = (
        x509.CertificateBuilder()
        .issuer_name(subject)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )
    root = (
        issued.subject_name(subject)
        .public_key(authority.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(authority.public_key()), critical=False
        )
        .add_extension(_signs(), critical=True)
        .sign(authority, SHA256())
    )
    other: x509.GeneralName = x509.DNSName(name)
    if name[0].isdigit():
        other = x509.IPAddress(ip_address(name))
    leaf = (
        issued.subject_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()),
            critical=False,
        )
        .sign(authority, SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(leaf.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return root.public_bytes(pem).decode()


def _signs() -> x509.KeyUsage:
    no = {
        *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
        *("encipher_only", "decipher_only"),
    }
    return x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, **dict.fromkeys(no, False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (f"{place}/{name}" for place in PLACES if Path(place, name).exists()), name
    )
    return str(found)

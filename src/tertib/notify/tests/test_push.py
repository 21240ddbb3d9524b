"""A push is opened as a browser would open it, by RFC 8291, at a server that really listens."""

import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tertib.lib.errors import Refused
from tertib.notify import actions
from tertib.notify.channels import Browser, push
from tertib.notify.models import Channel, Delivery, Device
from tertib.notify.tests.conftest import TUESDAY_10AM, URL, Web, Worker, tell
from tertib.people.models import User


def coded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Receiver:
    """The browser's side of RFC 8291, written from the RFC and not from our own code."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def public(self) -> bytes:
        form = serialization.PublicFormat.UncompressedPoint
        return self.private.public_key().public_bytes(serialization.Encoding.X962, form)

    def open(self, body: bytes) -> bytes:
        salt, (_size, length) = body[:16], struct.unpack("!IB", body[16:21])
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.private.exchange(ec.ECDH(), theirs)
        info = b"WebPush: info\x00" + self.public + sender
        ikm = HKDF(hashes.SHA256(), 32, self.secret, info).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(ikm)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(ikm)
        plain = AESGCM(key).decrypt(nonce, sealed, None)
        assert plain[-1:] == b"\x02"
        return plain[:-1]


@pytest.fixture
def channel(dewi: User) -> Channel:
    return actions.turn_on_push(by=dewi.uuid, now=TUESDAY_10AM)


def subscribe(person: User, receiver: Receiver, endpoint: str) -> Device:
    """Register a browser; its push service listens on this machine, which https would hide."""
    device = actions.add_device(
        person.uuid,
        endpoint="https://push.example.com/x",
        key=coded(receiver.public),
        auth=coded(receiver.secret),
        label="Firefox, Linux",
        now=TUESDAY_10AM,
    )
    device.endpoint = endpoint
    device.save()
    return device


def test_the_worked_example_of_rfc_8291_opens() -> None:
    """Appendix A: what the RFC's own sender made, our receiver opens; so its word counts."""
    number = int.from_bytes(decoded("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    receiver = Receiver(
        ec.derive_private_key(number, ec.SECP256R1()), decoded("BTBZMqHH6r4Tts7J_aSIgg")
    )
    body = decoded(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWA"
        "mS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxs"
        "j_Qulcy4a-fN"
    )
    assert receiver.open(body) == b"When I grow up, I want to be a watermelon"


def test_a_push_is_encrypted_for_one_browser_and_signed_by_this_house(
    channel: Channel, web: Web, worker: Worker, ani: User
) -> None:
    receiver = Receiver()
    subscribe(ani, receiver, f"{web.url}/push/1")
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 1
    [(path, headers, body)] = web.got
    assert path == "/push/1"
    assert b"TGS-1" not in body
    told = json.loads(receiver.open(body))
    assert told == {"title": "TGS-1 milik Anda", "text": "\n", "url": f"{URL}/pekerjaan/TGS-1"}
    assert headers["content-encoding"] == "aes128gcm"
    scheme, token, key = headers["authorization"].replace(",", "").split()
    assert scheme == "vapid"
    claims = verified(token.removeprefix("t="), key.removeprefix("k="))
    assert claims["aud"] == web.url
    assert claims["sub"] == "mailto:tertib@localhost.invalid" or claims["sub"].startswith("https")


def verified(token: str, key: str) -> dict[str, str]:
    signed, _dot, signature = token.rpartition(".")
    raw = decoded(signature)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(key))
    public.verify(encode_dss_signature(r, s), signed.encode(), ec.ECDSA(hashes.SHA256()))
    claims: dict[str, str] = json.loads(decoded(signed.split(".")[1]))
    return claims


def test_a_browser_that_is_gone_is_forgotten(
    channel: Channel, web: Web, worker: Worker, ani: User
) -> None:
    subscribe(ani, Receiver(), f"{web.url}/push/1")
    web.status = 410
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 0
    assert not Device.objects.exists()
    assert not Delivery.objects.exists()


def test_a_push_service_that_is_busy_is_asked_again(
    channel: Channel, web: Web, worker: Worker, ani: User
) -> None:
    subscribe(ani, Receiver(), f"{web.url}/push/1")
    web.status = 503
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 0
    channel.refresh_from_db()
    assert channel.error == "The service answered with an error (503)"
    web.status = 201
    worker.later(minutes=2)
    assert worker.run() == 1
    channel.refresh_from_db()
    assert channel.failing_since is None


@pytest.mark.parametrize(
    "endpoint",
    [
        *("https://127.0.0.1:9/x", "https://localhost:9/x", "https://[::1]:9/x"),
        *("https://169.254.169.254/latest", "https://10.0.0.8/x", "https://[::ffff:127.0.0.1]:9/"),
    ],
)
def test_no_push_goes_to_where_the_house_is_at_home(
    endpoint: str, channel: Channel, worker: Worker, ani: User
) -> None:
    """The address comes from a browser: whoever signed in could name the inside of the network."""
    subscribe(ani, Receiver(), endpoint)
    tell(ani, "TGS-1", urgent=True)
    assert worker.run() == 0
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    ("endpoint", "key", "auth"),
    [
        ("http://push.example.com/x", coded(b"\4" + bytes(64)), coded(bytes(16))),
        ("https://push.example.com/x", coded(b"short"), coded(bytes(16))),
        ("https://push.example.com/x", coded(b"\4" + bytes(64)), "§"),
        ("file:///etc/passwd", coded(b"\4" + bytes(64)), coded(bytes(16))),
    ],
)
def test_a_subscription_that_cannot_be_one_is_refused(
    endpoint: str, key: str, auth: str, ani: User
) -> None:
    with pytest.raises(Refused):
        actions.add_device(
            ani.uuid, endpoint=endpoint, key=key, auth=auth, label="x", now=TUESDAY_10AM
        )


def test_keys_that_lie_on_no_curve_harm_nobody_else(
    channel: Channel, web: Web, worker: Worker, ani: User, dewi: User
) -> None:
    bad = subscribe(ani, Receiver(), f"{web.url}/push/1")
    Device.objects.filter(pk=bad.pk).update(key=coded(b"\4" + b"\1" * 64))
    device = actions.add_device(
        dewi.uuid,
        endpoint="https://push.example.com/y",
        key=coded(Receiver().public),
        auth=coded(os.urandom(16)),
        label="x",
        now=TUESDAY_10AM,
    )
    device.endpoint = f"{web.url}/push/2"
    device.save()
    tell(ani, "TGS-1", urgent=True)
    tell(dewi, "TGS-1", urgent=True)
    assert worker.run() == 1
    assert [path for path, *_rest in web.got] == ["/push/2"]


def test_the_key_of_the_house_stays_the_same(channel: Channel, dewi: User) -> None:
    again = actions.turn_on_push(by=dewi.uuid, now=TUESDAY_10AM)
    assert again.secret == channel.secret
    assert len(push.decoded(push.public_key(str(again.secret)))) == 65


def test_a_payload_has_room_for_the_longest_text() -> None:
    receiver = Receiver()
    browser = Browser("https://x.example.com", coded(receiver.public), coded(receiver.secret))
    longest = json.dumps({"title": "x" * 200, "text": "y" * push.LONGEST, "url": "z" * 500})
    assert len(push.encrypt(longest.encode(), browser)) <= push.RECORD

"""A small OpenID provider on this machine, with real keys: it does what a test tells it to."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from time import sleep, time
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey as Key
from jwt.algorithms import ECAlgorithm

CLIENT, SECRET = "tertib", "rahasia: 100%"


def new_key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Provider:
    """bent: claims that the next ID token has otherwise; None takes one out."""

    issuer: str = ""
    key: Key = field(default_factory=new_key)
    kid: str = "one"
    alg: str = "ES256"
    who: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "u-7",
            "email": "Budi@example.com",
            "email_verified": True,
            "name": "Budi Santoso",
        }
    )
    bent: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)  # otherwise than it is
    away: int = 0  # a status that everything is answered with
    slow: float = 0.0
    published: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.publish()

    def publish(self) -> None:
        public = ECAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        self.published = [{**public, "kid": self.kid, "use": "sig", "alg": "ES256"}]

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            **self.described,
        }

    def authorize(self, address: str) -> str:
        """What happens in the browser at the provider: somebody agrees. Return the way back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = token_urlsafe(16)
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return f"{urlsplit(asked['redirect_uri']).path}?{back}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        pair = base64.b64decode(authorization.removeprefix("Basic ")).decode()
        asked = self.codes.pop(form.get("code", ""), None)
        if pair != f"{CLIENT}:rahasia%3A%20100%25":
            return 401, {"error": "invalid_client"}
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if not asked or proof != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self.sign(asked)}

    def sign(self, asked: dict[str, str]) -> str:
        now = int(time())
        claims = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.who,
            **self.bent,
        }
        told = {name: said for name, said in claims.items() if said is not None}
        key: Any = None if self.alg == "none" else self.key
        if self.alg == "HS256":
            key = "x" * 40
        return jwt.encode(told, key, algorithm=self.alg, headers={"kid": self.kid})


@contextmanager
def provider() -> Iterator[Provider]:
    told = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path == "/.well-known/openid-configuration":
                self._say(200, told.describe())
            elif path == "/jwks":
                self._say(200, {"keys": told.published})
            else:
                self._say(404, {})

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {
                name: said[0] for name, said in parse_qs(self.rfile.read(length).decode()).items()
            }
            self._say(*told.token(form, self.headers.get("Authorization", "")))

        def _say(self, status: int, body: dict[str, Any]) -> None:
            told.asked.append(self.path)
            sleep(told.slow)
            self.send_response(told.away or status)
            data = json.dumps(body).encode()
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_said: Any) -> None:
            """Nothing: what was asked is kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

"""Signing in through a provider (OpenID Connect): code flow with PKCE, state, nonce. No database.

Nothing that the provider or the browser brings is believed before it is checked: state and issuer
of the way back, signature, issuer, audience, nonce and age of the ID token. Requests go to allowed
networks only, wait seconds and read little; what a provider says of itself is kept for minutes, so
that one that hangs keeps nobody waiting who signs in with a password.
"""

import base64
import hmac
import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from secrets import token_urlsafe
from threading import Lock
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import jwt
from django.utils.translation import gettext_noop as N_  # noqa: N812 what tools extract by

from tertib.notify.channels import web

WELL_KNOWN = "/.well-known/openid-configuration"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
TIMEOUT, MOST = 4.0, 200_000  # seconds, and bytes of an answer
KEPT, KEPT_TROUBLE = 300.0, 15.0  # seconds
LEEWAY = 60  # seconds that two clocks may differ
LOOPBACK = {"localhost", "127.0.0.1", "::1"}  # where plain http is as good as TLS

AWAY = N_("The provider does not answer at present. Sign in with your password.")
INSIDE = N_("The provider's address lies where nothing is sent to.")
NOT_ONE = N_("What the provider says of itself does not hold.")
SAID_NO = N_("The provider let nobody in.")
OTHER_TRY = N_("This answer belongs to another sign-in, or came too late. Start again.")
OTHER_ISSUER = N_("The answer comes from another issuer than the one that is set.")
OTHER_AUDIENCE = N_("The answer was made for another application.")
TOO_OLD = N_("The provider's answer is too old. Start again.")
LOST = N_("The secret of the provider is lost with the keyring. Set it anew in the settings.")
SIGNATURE = N_("The signature of the provider's answer does not hold.")


class Trouble(Exception):
    """The way through the provider ended. The words are a msgid; `detail` is for the log."""

    def __init__(self, words: str, detail: str = "") -> None:
        super().__init__(words)
        self.words, self.detail = words, detail


@dataclass(frozen=True)
class Client:
    """This house, as the provider knows it."""

    issuer: str
    client_id: str
    secret: str
    back: str  # where the provider sends people back to, absolute
    allowed: Sequence[str] = ()


@dataclass(frozen=True)
class Pending:
    """What the browser keeps of a sign-in that is under way."""

    state: str
    nonce: str
    verifier: str
    there: str  # the page that was asked for

    def told(self) -> dict[str, str]:
        return asdict(self)


def begin(client: Client, *, there: str) -> tuple[str, Pending]:
    """Return where the browser goes to, and what has to come back with it. Raise Trouble."""
    pending = Pending(token_urlsafe(24), token_urlsafe(24), token_urlsafe(48), there)
    challenge = base64.urlsafe_b64encode(sha256(pending.verifier.encode()).digest())
    asked = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.back,
        "scope": "openid email profile",
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": challenge.decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    address = _address(known(client), "authorization_endpoint")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}", pending


def finish(client: Client, pending: Pending | None, came: Mapping[str, str]) -> dict[str, Any]:
    """Return the claims of whoever came back. came: what the address said. Raise Trouble."""
    if pending is None or not hmac.compare_digest(pending.state, came.get("state", "")):
        raise Trouble(OTHER_TRY)
    if came.get("iss", client.issuer) != client.issuer:  # RFC 9207
        raise Trouble(OTHER_ISSUER, came["iss"][:200])
    if "code" not in came:
        raise Trouble(SAID_NO, came.get("error", "")[:60])
    told = known(client)
    form = {
        "grant_type": "authorization_code",
        "code": came["code"],
        "redirect_uri": client.back,
        "code_verifier": pending.verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if client.secret and "client_secret_basic" in ways:
        pair = f"{quote(client.client_id, safe='')}:{quote(client.secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form["client_id"] = client.client_id
        if client.secret:
            form["client_secret"] = client.secret
    address = _address(told, "token_endpoint")
    answer = _ask(client, "POST", address, headers, urlencode(form).encode())
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise Trouble(SAID_NO, str(answer.get("error", ""))[:60])
    return read(token, client, told, nonce=pending.nonce)


def read(token: str, client: Client, told: Mapping[str, Any], *, nonce: str) -> dict[str, Any]:
    """Return what an ID token says, if all of it is right. Raise Trouble."""
    key = _key(token, client, told)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=client.client_id,
            issuer=client.issuer,
            leeway=LEEWAY,
            options={"require": ["iss", "sub", "aud", "exp", "iat"]},
        )
    except jwt.ExpiredSignatureError as error:
        raise Trouble(TOO_OLD) from error
    except jwt.InvalidIssuerError as error:
        raise Trouble(OTHER_ISSUER) from error
    except jwt.InvalidAudienceError as error:
        raise Trouble(OTHER_AUDIENCE) from error
    except (jwt.InvalidTokenError, jwt.PyJWTError, ValueError, TypeError) as error:
        raise Trouble(SIGNATURE, f"{type(error).__name__}: {error}"[:200]) from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", client.client_id) != client.client_id or (several and "azp" not in claims):
        raise Trouble(OTHER_AUDIENCE, "azp")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise Trouble(OTHER_TRY, "nonce")
    return claims


def is_address(url: str) -> bool:
    """Say whether a provider may have this address: TLS, or a program on this very machine."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return bool(safe and parts.hostname and port != 0 and "@" not in parts.netloc)


_lock = Lock()
_kept: dict[str, tuple[float, dict[str, Any] | Trouble]] = {}


def known(client: Client) -> dict[str, Any]:
    """Return what the provider says of itself, with its keys under "keys". Raise Trouble."""
    with _lock:
        until, found = _kept.get(client.issuer, (0.0, {}))
    if time.monotonic() > until:
        return look_again(client)
    if isinstance(found, Trouble):
        raise Trouble(found.words, found.detail)
    return found


def look_again(client: Client) -> dict[str, Any]:
    """Ask the provider anew, whatever is kept. Raise Trouble."""
    found: dict[str, Any] | Trouble
    try:
        found = _ask(client, "GET", client.issuer.rstrip("/") + WELL_KNOWN, {})
        if found.get("issuer") != client.issuer:
            raise Trouble(OTHER_ISSUER, str(found.get("issuer"))[:200])
        for name in ("authorization_endpoint", "token_endpoint"):
            _address(found, name)
        keys = _ask(client, "GET", _address(found, "jwks_uri"), {}).get("keys")
        found = {**found, "keys": keys if isinstance(keys, list) else []}
    except Trouble as trouble:
        found = trouble
    lasts = KEPT_TROUBLE if isinstance(found, Trouble) else KEPT
    with _lock:
        _kept[client.issuer] = (time.monotonic() + lasts, found)
    if isinstance(found, Trouble):
        raise found
    return found


def forget() -> None:
    """Keep nothing of any provider: its settings changed."""
    with _lock:
        _kept.clear()


def _key(token: str, client: Client, told: Mapping[str, Any]) -> jwt.PyJWK:
    """Return the provider's key that this token names; a new one is looked up once."""
    try:
        head = jwt.get_unverified_header(token)
    except jwt.PyJWTError as error:
        raise Trouble(SIGNATURE, "no token") from error
    if head.get("alg") not in ALGORITHMS:
        raise Trouble(SIGNATURE, f"alg {head.get('alg')}"[:60])
    for keys in (told["keys"], None):
        if keys is None:
            keys = look_again(client)["keys"]
        fitting = [
            one
            for one in keys
            if isinstance(one, dict) and one.get("use", "sig") == "sig" and _named(one, head)
        ]
        if len(fitting) == 1:
            try:
                return jwt.PyJWK(fitting[0], algorithm=head["alg"])
            except jwt.PyJWTError as error:
                raise Trouble(SIGNATURE, "a key of another kind") from error
    raise Trouble(SIGNATURE, "no such key")


def _named(key: Mapping[str, Any], head: Mapping[str, Any]) -> bool:
    return "kid" not in head or key.get("kid") == head["kid"]


def _address(told: Mapping[str, Any], name: str) -> str:
    address = told.get(name)
    if not isinstance(address, str) or not is_address(address):
        raise Trouble(NOT_ONE, name)
    return address


def _ask(
    client: Client, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
) -> dict[str, Any]:
    headers = {"Accept": "application/json", "User-Agent": "Tertib", **headers}
    try:
        answer = web.ask(
            method,
            url,
            headers,
            body=body,
            allowed=client.allowed,
            inside=True,
            timeout=TIMEOUT,
            most=MOST,
        )
        told = json.loads(answer.body)
    except web.Forbidden as error:
        raise Trouble(INSIDE) from error
    except (OSError, http.client.HTTPException) as error:
        raise Trouble(AWAY, f"{type(error).__name__}: {error}"[:200]) from error
    except (ValueError, RecursionError) as error:
        raise Trouble(AWAY if answer.status >= 500 else NOT_ONE, f"{answer.status}") from error
    if answer.status >= 500:
        raise Trouble(AWAY, f"{answer.status}")
    if not isinstance(told, dict):
        raise Trouble(NOT_ONE, "no object")
    if method == "GET" and answer.status != 200:
        raise Trouble(NOT_ONE, f"{answer.status}")
    return told

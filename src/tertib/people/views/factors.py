"""A code from an app besides the password: asked for, set up, dropped."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tertib.access.decorators import needs, public
from tertib.people import actions, codes
from tertib.people.forms import CodeForm
from tertib.people.middleware import HALF, begin_session, must_prove, place, proven
from tertib.people.models import PersonRequest, RecoveryCode, User
from tertib.people.views.signin import wait

OFFERED = "offered"  # in the session: the key of which a code is awaited
HALF_LASTS = 5 * 60  # seconds between the password and the code


@public("Whoever told the right password just now tells the code here.")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    now, half = timezone.now(), request.session.get(HALF)
    if not half or now.timestamp() - half["at"] > HALF_LASTS:
        request.session.pop(HALF, None)
        return redirect("people:sign_in")
    person = User.objects.select_related("site").filter(pk=half["person"], is_active=True).first()
    if person is None or person.get_session_auth_hash() != half["hash"]:
        request.session.flush()  # left, or has another password by now
        return redirect("people:sign_in")
    form, status = CodeForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                if actions.prove(person, form.cleaned_data["code"], place=place(request), now=now):
                    begin_session(request, person, proven=True)
                    return redirect(half["next"])
                form.add_error("code", _("This code is wrong, or was used already."))
            except actions.Throttled as throttled:
                form.add_error("code", wait(throttled))
                status = 429
    context = {
        "form": form,
        "codes": actions.has_factor(person),
        "passkeys": actions.has_passkey(person),
        "next": half["next"],
    }
    return render(request, "people/second.html", context, status=status)


@needs("account.own")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: PersonRequest) -> HttpResponse:
    """Show a key for the app until a code of it was told; then the codes of recovery, once."""
    now, person = timezone.now(), request.user
    form, status = CodeForm(request.POST or None), 200
    if actions.has_factor(person):
        left = RecoveryCode.objects.filter(person=person).count()
        context = {"on": True, "form": CodeForm(), "left": left, "here": "account"}
        return render(request, "people/codes.html", context)
    secret = request.session.setdefault(OFFERED, codes.new_secret())  # worth nothing so far
    if request.method == "POST" and form.is_valid():
        if recovery := actions.confirm_key(person, secret, form.cleaned_data["code"], now=now):
            del request.session[OFFERED]
            proven(request)
            return render(request, "people/codes.html", {"recovery": recovery, "here": "account"})
        form.add_error("code", _("This code is wrong. Does the phone's clock show the right time?"))
    if form.errors:
        status = 422
    address = codes.address(secret, account=person.email, issuer="Tertib")
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {
        "here": "account",
        "secret": spaced,
        "address": address,
        "form": form,
        "must": must_prove(request),
    }
    return render(request, "people/codes.html", context, status=status)


@needs("account.own")
@never_cache
@require_safe
def picture(request: PersonRequest) -> HttpResponse:
    """Return the key as a QR code. The address of the picture tells nobody anything."""
    secret = request.session.get(OFFERED)
    if not secret or actions.has_factor(request.user):
        raise Http404
    address = codes.address(secret, account=request.user.email, issuer="Tertib")
    return HttpResponse(codes.picture(address), content_type="image/svg+xml")


@needs("account.own")
@require_POST
def drop(request: PersonRequest) -> HttpResponse:
    """A session that was stolen cannot do it: it takes a code."""
    form, now, person = CodeForm(request.POST), timezone.now(), request.user
    if form.is_valid():
        try:
            if actions.prove(person, form.cleaned_data["code"], place=place(request), now=now):
                actions.drop_factor(person, by=person, now=now)
                return redirect("people:account")
            form.add_error("code", _("This code is wrong, or was used already."))
        except actions.Throttled as throttled:
            form.add_error("code", wait(throttled))
    context = {"on": True, "form": form, "here": "account"}
    return render(request, "people/codes.html", context, status=422)


@needs("people.manage")
@require_POST
def drop_of(request: PersonRequest, uuid: UUID) -> HttpResponse:
    """Somebody lost phone and recovery codes: another person lets them in again."""
    somebody = get_object_or_404(User, uuid=uuid)
    actions.drop_factor(somebody, by=request.user, now=timezone.now())
    return redirect("people:person", uuid)


@needs("company.manage")
@require_POST
def require(request: PersonRequest) -> HttpResponse:
    required = request.POST.get("required") == "on"
    actions.require_factor(required, by=request.user, now=timezone.now())
    return redirect("people:set_provider")

// Asks the browser for a passkey. Where it knows none, the way in by password is all that shows.
"use strict";

(() => {
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", "");

  async function options(form) {
    const answer = await fetch(form.dataset.options, {
      method: "POST",
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    if (!answer.ok) throw new Error(answer.status);
    const told = await answer.json();
    told.challenge = bytes(told.challenge);
    if (told.user) told.user.id = bytes(told.user.id);
    for (const one of told.excludeCredentials || []) one.id = bytes(one.id);
    return told;
  }

  function send(form, key) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature"]) {
      if (key.response[name]) response[name] = text(key.response[name]);
    }
    if (key.response.userHandle) response.userHandle = text(key.response.userHandle);
    form.elements.credential.value = JSON.stringify({
      id: key.id,
      rawId: text(key.rawId),
      type: key.type,
      response,
    });
    form.submit();
  }

  function say(form, error) {
    const names = { NotAllowedError: "stopped", AbortError: "", InvalidStateError: "known" };
    const name = error ? (names[error.name] ?? "failed") : "";
    for (const words of form.querySelectorAll("[data-said]")) {
      words.hidden = words.dataset.said !== name;
    }
  }

  // While somebody types the address, the browser may offer a key by itself: until a button is
  // pressed, which asks for one at once.
  let offer = null;
  async function offered(form) {
    const possible = PublicKeyCredential.isConditionalMediationAvailable;
    if (!possible || !(await possible.call(PublicKeyCredential))) return;
    offer = new AbortController();
    const signal = offer.signal;
    try {
      const publicKey = await options(form);
      send(form, await navigator.credentials.get({ mediation: "conditional", publicKey, signal }));
    } catch {
      // Nobody asked for it, so nobody needs to hear that it did not work.
    }
  }

  addEventListener("DOMContentLoaded", () => {
    if (!window.PublicKeyCredential) return;
    for (const words of document.querySelectorAll("[data-passkey-none]")) words.hidden = true;
    for (const form of document.querySelectorAll("form[data-passkey]")) {
      form.hidden = false;
      form.addEventListener("submit", async (event) => {
        event.preventDefault();
        const button = form.querySelector("button");
        button.disabled = true;
        say(form, null);
        offer?.abort();
        try {
          const publicKey = await options(form);
          send(form, await navigator.credentials[form.dataset.passkey]({ publicKey }));
        } catch (error) {
          say(form, error);
          button.disabled = false;
        }
      });
      if ("offer" in form.dataset) offered(form);
    }
  });
})();

// Lets pushes come to this browser. The page says so where there is no script, or no push.
"use strict";

function active(registration) {
  const coming = registration.installing || registration.waiting;
  if (registration.active || !coming) return Promise.resolve();
  return new Promise((resolve) => {
    coming.addEventListener("statechange", () => coming.state === "activated" && resolve());
  });
}

addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector("[data-push]");
  if (!place) return;
  const button = place.querySelector("button");
  const said = (name) => {
    for (const words of place.querySelectorAll("[data-said]")) {
      words.hidden = words.dataset.said !== name;
    }
  };
  if (!("serviceWorker" in navigator) || !("PushManager" in window)) return said("impossible");
  said("possible");
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return said("refused");
      const worker = await navigator.serviceWorker.register(place.dataset.worker);
      await active(worker);
      const subscription = await worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: place.dataset.push,
      });
      const answer = await fetch(place.dataset.add, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "X-CSRFToken": place.querySelector("[name=csrfmiddlewaretoken]").value,
        },
        body: JSON.stringify(subscription),
      });
      if (answer.ok) location.reload();
      else said("failed");
    } catch {
      said("failed");
    } finally {
      button.disabled = false;
    }
  });
});

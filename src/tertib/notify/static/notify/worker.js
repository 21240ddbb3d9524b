// Shows a push, and opens where it leads. It runs while no page is open.
"use strict";

addEventListener("push", (event) => {
  const told = event.data ? event.data.json() : { title: "Tertib", text: "", url: "" };
  const shown = { body: told.text, data: told.url, tag: told.url || undefined };
  event.waitUntil(registration.showNotification(told.title, shown));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL(event.notification.data || "/pemberitahuan", location.origin);
  if (target.origin === location.origin) event.waitUntil(clients.openWindow(target.href));
});

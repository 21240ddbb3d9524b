// Only what makes things quicker: every page works without this file.
"use strict";

// A link to #k4.3.1b opens the clause that it names.
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target && target.querySelector(":scope > details");
  if (details && !details.open) {
    details.open = true;
    target.scrollIntoView();
  }
}
addEventListener("hashchange", openTarget);
addEventListener("DOMContentLoaded", openTarget);

// Buttons that only a script can serve are hidden until there is one.
addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
});

// A menu closes when one clicks beside it or presses Escape, and gives the focus back.
addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.me[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.me[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A page that nobody looks at asks for nothing.
document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden) event.preventDefault();
});

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

// Of tabs that are wider than the screen the chosen one is in sight.
document.fonts.ready.then(() => {
  for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
    tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 16;
  }
});

// What is chosen is sent, where a form says so.
addEventListener("change", (event) => {
  const form = event.target.closest("form[data-sends]");
  if (form && event.target.value) form.requestSubmit();
});

// A page that nobody looks at asks for nothing.
document.addEventListener("htmx:before:request", (event) => {
  if (document.hidden) event.preventDefault();
});

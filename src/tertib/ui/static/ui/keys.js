// Single keys of every page, as the overlay on "?" lists them: each is a link, a button or a field.
"use strict";

(() => {
  const overlay = document.getElementById("keys");
  if (!overlay || !overlay.showModal) return;
  const PATIENCE = 1200; // between G and the letter after it
  let begun = "";
  let since = 0;

  for (const opener of document.querySelectorAll("[data-show-keys]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => overlay.showModal());
  }
  overlay.addEventListener("click", (event) => {
    if (event.target === overlay) overlay.close(); // beside the box
  });
  if (overlay.dataset.single === "off") return;

  function act(keys) {
    const link = overlay.querySelector(`[data-keys="${keys}"]`);
    const here = document.querySelector(`main [data-key="${keys}"]`);
    if (link) location.assign(link.href);
    else if (!here || overlay.open) return false;
    else if (here.matches("button, a")) here.click();
    else here.focus();
    return true;
  }

  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), select, textarea");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === "?") {
      event.preventDefault();
      if (overlay.open) overlay.close();
      else if (!document.querySelector("dialog[open]")) overlay.showModal();
      return;
    }
    if (document.querySelector("dialog[open]") && !overlay.open) return;
    if (!/^[a-z]$/.test(event.key)) return;
    const keys = (event.timeStamp - since < PATIENCE ? begun : "") + event.key;
    begun = event.key === "g" && !keys.startsWith("gg") ? "g" : "";
    since = event.timeStamp;
    if (act(keys)) {
      event.preventDefault();
      event.stopImmediatePropagation(); // G and A is no A
    }
  }, true);
})();

// The command palette: the page /cari in a dialog, driven by keys. Without it the link leads there.
"use strict";

(() => {
  const palette = document.getElementById("palette");
  const opener = document.querySelector("[data-palette]");
  if (!palette || !opener || !palette.showModal) return;
  const field = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  const status = palette.querySelector("[role=status]");
  const options = () => [...list.querySelectorAll("[role=option]")];
  let chosen = null;
  let asking = null;
  let wait = 0;
  let shown = null; // the words that the list answers

  function choose(option) {
    if (chosen) chosen.setAttribute("aria-selected", "false");
    chosen = option || null;
    if (!chosen) return field.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  }

  function move(by) {
    const all = options();
    if (all.length) choose(all[(all.indexOf(chosen) + by + all.length) % all.length]);
  }

  async function ask() {
    if (asking) asking.abort();
    asking = new AbortController();
    const words = field.value;
    const address = `${palette.dataset.from}?q=${encodeURIComponent(words)}`;
    try {
      const headers = { "HX-Request": "true" };
      const answer = await fetch(address, { headers, signal: asking.signal });
      if (answer.headers.has("HX-Redirect")) return location.reload(); // the session has ended
      if (!answer.ok) return;
      list.innerHTML = await answer.text(); // our own page, escaped by its template
    } catch (error) {
      if (error.name !== "AbortError") throw error;
      return;
    }
    const all = options();
    shown = words;
    chosen = null;
    choose(all[0]);
    const found = !field.value || all.some((one) => !one.closest("[data-action]"));
    status.textContent = found || !all.length ? String(all.length) : palette.dataset.none;
    status.className = found || !all.length ? "sr" : "pal-none";
    list.classList.toggle("none", !all.length);
    if (!all.length) list.textContent = palette.dataset.none;
  }

  function open() {
    if (palette.open) return;
    palette.showModal();
    field.value = "";
    shown = null;
    ask();
  }

  // Who types and presses Enter at once means what was typed, not what the list still shows.
  async function go(elsewhere) {
    if (shown !== field.value) {
      clearTimeout(wait);
      await ask();
    }
    if (!chosen || shown !== field.value) return;
    if (elsewhere) window.open(chosen.href, "_blank", "noopener");
    else location.assign(chosen.href);
  }

  field.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(ask, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && (chosen || shown !== field.value)) {
      event.preventDefault();
      go(event.ctrlKey || event.metaKey);
    }
  });
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== chosen) choose(option);
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close(); // beside the box
    const here = event.target.closest("a[href]");
    if (here && here.href.split("#")[0] === location.href.split("#")[0]) palette.close();
  });
  opener.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input:not([type=checkbox]), select, textarea");
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const slash = event.key === "/" && !typing && opener.dataset.palette !== "no-slash";
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if ((command && event.key.toLowerCase() === "k") || (slash && plain)) {
      event.preventDefault();
      open();
    }
  });
})();

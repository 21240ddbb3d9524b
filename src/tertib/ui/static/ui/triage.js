// Single keys for the queue. Everything they do has a button or a form on the page, too.
"use strict";

(() => {
  const form = document.querySelector("[data-triage=on]");
  const undo = document.querySelector("[data-undo]");
  if (!form && !undo) return;
  const rows = form ? [...form.querySelectorAll("[data-row]")] : [];
  const pick = (row) => row.closest("li").querySelector("input[type=checkbox]");
  const here = () => rows.indexOf(document.activeElement);

  function move(by) {
    const to = here() < 0 ? (by > 0 ? 0 : rows.length - 1) : here() + by;
    if (rows[to]) rows[to].focus();
  }

  // What is chosen; if nothing is, the row that has the focus.
  function chosen() {
    if (form.querySelector("[name=item]:checked")) return true;
    const box = here() < 0 ? null : pick(rows[here()]);
    if (box) box.checked = true;
    return Boolean(box);
  }

  function send(act, values = {}) {
    if (!form.elements.act || !chosen()) return;
    form.elements.act.value = act;
    for (const [name, value] of Object.entries({ ...values, langsung: "1" })) {
      let field = form.elements[name];
      if (!field) {
        field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        form.append(field);
      }
      field.value = value;
    }
    form.requestSubmit();
  }

  function post(address) {
    const one = document.createElement("form");
    one.method = "post";
    one.action = address;
    one.append(form.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
    document.body.append(one);
    one.submit();
  }

  function tomorrow() {
    const day = new Date();
    day.setDate(day.getDate() + 1);
    const two = (n) => String(n).padStart(2, "0");
    return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}T08:00`;
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    x: () => here() >= 0 && pick(rows[here()])?.click(),
    i: () => send("take"),
    h: () => send("snooze", { until: tomorrow() }),
    d: () => send("finish"),
    e: () => here() >= 0 && pick(rows[here()]) && post(`${rows[here()].getAttribute("href")}/eskalasi`),
    a: () => {
      if (!form.elements.to || !chosen()) return;
      form.elements.act.value = "assign";
      form.elements.to.focus();
    },
    z: () => undo && undo.requestSubmit(),
  };

  addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return;
    const act = keys[event.key];
    if (!act || document.querySelector("dialog[open]") || (!form && event.key !== "z")) return;
    event.preventDefault();
    act();
  });
})();

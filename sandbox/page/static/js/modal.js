// The windows that the bot opens: fields with labels, errors where they are, Submit and Cancel.

import { submit } from "./deeds.js";
import { el } from "./dom.js";
import { fieldOf } from "./fields.js";
import { markdown } from "./markdown.js";
import { dots } from "./parts.js";
import { change, state, watch } from "./state.js";

let counted = 0;

/** Open a window whenever the state has one. */
export function begin() {
  watch(["modal"], () => {
    if (!state.modal) return;
    const { modal } = state;
    change({ modal: null });
    show(modal);
  });
}

function show(modal) {
  counted += 1;
  const home = document.activeElement;
  const title = `window-${counted}`;
  const fields = [];
  const body = modal.parts.map((part) => shown(part, fields));
  const wrong = el("p", { class: "wrong", role: "alert" });
  const send = el("button", { type: "submit", class: "button primary" }, el("span", { class: "inner" }, "Submit"), dots());
  const dialog = el("dialog", { class: "window", "aria-labelledby": title });
  const cancel = el("button", { type: "button", class: "button plain", on: { click: () => dialog.close() } }, "Cancel");
  const form = el("form", { novalidate: true },
    el("header", {}, el("h2", { id: title }, modal.title)),
    el("div", { class: "body" }, body),
    el("footer", {}, wrong, cancel, send));
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!send.classList.contains("busy")) done(modal, fields, { dialog, wrong, send });
  };
  dialog.onclose = () => {
    dialog.remove();
    const back = home?.isConnected ? home : document.getElementById("write");
    back?.focus({ preventScroll: true });
  };
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus();
}

async function done(modal, fields, { dialog, wrong, send }) {
  wrong.textContent = "";
  const bad = fields.filter((field) => !field.check());
  if (bad.length) {
    bad[0].focus();
    return;
  }
  const files = [];
  const add = (file) => `f${files.push(file) - 1}`;
  const values = Object.fromEntries(fields.map((field) => [field.id, field.value(add)]));
  send.classList.add("busy");
  send.setAttribute("aria-busy", "true");
  const outcome = await submit(modal, values, files);
  send.classList.remove("busy");
  send.removeAttribute("aria-busy");
  if (outcome === null) dialog.close();
  else wrong.textContent = outcome;
}

/** What stands in the window for one of its parts; fields are added to `fields`. */
function shown(part, fields) {
  if (part.type === 10) return el("div", { class: "markdown" }, markdown(part.content));
  // The older way: a row with a text field that has its own label.
  const inner = part.type === 1 ? part.components[0] : part.component;
  if (!inner) return null;
  const field = fieldOf(inner, part.label ?? inner.label, part.description);
  fields.push(field);
  return field.node;
}

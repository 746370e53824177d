// Changes a message of one's own where it stands: Enter saves, Escape leaves.

import * as deeds from "./deeds.js";
import { el } from "./dom.js";
import { change } from "./state.js";

/** The field in place of the message's text. */
export function editor(it) {
  const before = it.text.replace(/<@!?(\d+)>/g, (all, id) => (it.mentions[id] ? `@${it.mentions[id]}` : all));
  const leave = () => {
    change({ editing: null });
    document.getElementById("write")?.focus();
  };
  const save = async (field) => {
    const text = field.value.trim();
    if (!text || text === before || (await deeds.edit(it, text))) leave();
  };
  const keydown = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") leave();
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    save(event.currentTarget);
  };
  const field = el("textarea", { class: "grows", "aria-label": "Edit message", maxlength: 2000, on: { keydown }, prop: { value: before } });
  queueMicrotask(() => field.isConnected && field.focus());
  const button = (label, click) => el("button", { type: "button", class: "link", on: { click } }, label);
  return el("div", { class: "editor", key: "editor" }, field,
    el("div", { class: "small" }, "escape to ", button("cancel", leave), " · enter to ",
      button("save", (event) => save(event.currentTarget.closest(".editor").querySelector("textarea")))));
}

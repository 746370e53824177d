// What is covered until somebody wants to see it.

import { el } from "./dom.js";
import { change, state } from "./state.js";

/** Whether it was opened already: a spoiler, or an alt text. */
export const isOpen = (message, what) => state.revealed.has(`${message}/${what}`);

/** Open or close it. */
export function toggle(message, what) {
  const key = `${message}/${what}`;
  if (!state.revealed.delete(key)) state.revealed.add(key);
  change({ revealed: state.revealed });
}

/** Take a cover away; it goes, so the focus goes to its message. */
export function uncover(event, message, what) {
  const article = event.currentTarget.closest("article");
  toggle(message, what);
  article?.focus({ preventScroll: true });
}

/** Text under a cover that goes away with a click or a key. */
export function cover(message, what, nodes) {
  const open = isOpen(message, what);
  const click = (event) => uncover(event, message, what);
  const props = { type: "button", class: "spoiler", "aria-expanded": "false", "aria-label": "Spoiler", on: { click } };
  if (open) return el("span", { class: "spoiler open" }, nodes);
  return el("button", props, el("span", { "aria-hidden": "true" }, nodes));
}

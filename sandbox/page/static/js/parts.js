// The components of a message, as Discord shows each: rows, buttons, selects, containers, sections, galleries, files.

import { press } from "./deeds.js";
import { el } from "./dom.js";
import { card } from "./files.js";
import { gallery } from "./gallery.js";
import { icon } from "./icons.js";
import { shortcut } from "./jump.js";
import { markdown } from "./markdown.js";
import { select } from "./select.js";
import { cover, isOpen } from "./spoiler.js";
import { state } from "./state.js";

const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link-out" };
const SHOWN = {
  1: row,
  2: button,
  3: list,
  5: list,
  6: list,
  7: list,
  8: list,
  9: section,
  10: (part, message) => el("div", { class: "text-display markdown" }, markdown(part.content, about(message))),
  11: thumbnail,
  12: (part, message) => gallery(message.id, part.items.map(media)),
  13: (part) => card({ url: part.file.url, name: part.name ?? part.file.name, size: part.size ?? part.file.size }),
  14: (part) => el("div", { class: `separator ${part.spacing === 2 ? "large" : ""} ${part.divider === false ? "" : "line"}` }),
  17: container,
};

/** The nodes of a list of components of a message. */
export const parts = (list, message) => list.map((part) => SHOWN[part.type]?.(part, message) ?? null);

/** What markdown must know of a message. */
export const about = (message) => ({ mentions: message.mentions, message: message.id });

/** An item of a gallery, or a thumbnail, as pictures are known here. */
function media(item) {
  const { url, alt, spoiler, width, height, name } = item.media;
  return { url, alt: alt || item.description || "", spoiler: spoiler || item.spoiler, width, height, name };
}

function row(part, message) {
  return el("div", { class: "row" }, parts(part.components, message));
}

function button(part, message) {
  const emoji = part.emoji?.name ? el("span", { class: "emoji", "aria-hidden": part.label ? "true" : null }, part.emoji.name) : null;
  const kind = `button ${STYLES[part.style] ?? "secondary"}`;
  const jump = part.url ? shortcut(part.url) : null;
  if (jump) return el("button", { type: "button", class: kind, key: part.url, on: { click: jump } }, emoji, part.label);
  if (part.url) {
    const props = { class: kind, href: part.url, target: "_blank", rel: "noopener noreferrer" };
    return el("a", { ...props, key: part.url }, emoji, part.label, icon("link", 16));
  }
  const busy = state.busy.has(`${message.id}/${part.custom_id}`);
  const held = [...state.busy].some((key) => key.startsWith(`${message.id}/`));
  const click = () => press(message, part.custom_id);
  const props = { type: "button", class: `${kind} ${busy ? "busy" : ""}`, disabled: part.disabled, on: { click } };
  // Not disabled while it waits: that would throw the focus away.
  const waits = { "aria-disabled": held ? "true" : null, "aria-busy": busy ? "true" : null };
  const inner = el("span", { class: "inner" }, emoji, part.label);
  return el("button", { ...props, ...waits, key: part.custom_id }, inner, busy ? dots() : null);
}

/** Three dots that say "wait". */
export const dots = () => el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));

function list(part, message) {
  const key = `${message.id}/${part.custom_id}`;
  const chosen = (values) => press(message, part.custom_id, values);
  return el("div", { class: "select-row" }, select(part, { key, chosen, busy: state.busy.has(key) }));
}

function container(part, message) {
  const colour = part.accent_color;
  const style = Number.isInteger(colour) ? { "border-left-color": `#${colour.toString(16).padStart(6, "0")}` } : {};
  const inner = parts(part.components, message);
  const hidden = part.spoiler && !isOpen(message.id, `box ${part.id}`);
  if (hidden) return el("div", { class: "container hidden" }, cover(message.id, `box ${part.id}`, inner));
  return el("div", { class: `container ${"border-left-color" in style ? "accent" : ""}`, style }, inner);
}

function section(part, message) {
  return el("div", { class: "section" },
    el("div", { class: "texts" }, parts(part.components, message)),
    el("div", { class: "accessory" }, part.accessory ? parts([part.accessory], message) : null));
}

function thumbnail(part, message) {
  const picture = media(part);
  return el("div", { class: "thumbnail" }, gallery(message.id, [{ ...picture, width: picture.width ?? 85, height: picture.height ?? 85 }]));
}

// Embeds: a box with a coloured edge, title, text, fields and pictures.

import { el } from "./dom.js";
import { inline } from "./inline.js";
import { markdown } from "./markdown.js";
import { gallery } from "./gallery.js";
import { about } from "./parts.js";

const address = (media) => (typeof media === "string" ? media : media?.url);
const words = (footer) => (typeof footer === "string" ? footer : footer?.text);
const hex = (colour) => (Number.isInteger(colour) ? `#${colour.toString(16).padStart(6, "0")}` : colour);

/** One embed of a message. */
export function embed(given, message) {
  const context = about(message);
  const colour = hex(given.colour ?? given.color);
  const title = given.title ? inline(given.title, context) : null;
  const link = given.url ? el("a", { href: given.url, target: "_blank", rel: "noopener noreferrer" }, title) : title;
  const picture = (media, kind) => (address(media) ? el("div", { class: kind }, gallery(message.id, [shown(media)])) : null);
  return el("div", { class: "embed", style: colour ? { "border-left-color": colour } : {} },
    el("div", { class: "texts" },
      title ? el("div", { class: "title" }, link) : null,
      given.description ? el("div", { class: "markdown" }, markdown(given.description, context)) : null,
      given.fields?.length ? el("div", { class: "fields" }, given.fields.map((field) => one(field, context))) : null),
    picture(given.thumbnail, "thumbnail"),
    picture(given.image, "image"),
    words(given.footer) ? el("div", { class: "footer" }, words(given.footer)) : null);
}

const one = (field, context) =>
  el("div", { class: field.inline ? "field inline" : "field" },
    el("div", { class: "name" }, inline(field.name, context)),
    el("div", { class: "markdown" }, markdown(field.value, context)));

const shown = (media) => ({ url: address(media), alt: media.alt ?? "", width: media.width ?? 400, height: media.height ?? 300 });

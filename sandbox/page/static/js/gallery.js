// Pictures of a message in Discord's mosaic, with alt texts, spoilers and the way to full size.

import { el } from "./dom.js";
import { look } from "./lightbox.js";
import { isOpen, toggle, uncover } from "./spoiler.js";

const WIDEST = 550;
const HIGHEST = 350;
// How many stand in each row; three are one large and two small ones beside it.
const ROWS = { 2: [2], 4: [2, 2], 5: [2, 3], 6: [3, 3], 7: [1, 3, 3], 8: [2, 3, 3], 9: [3, 3, 3], 10: [1, 3, 3, 3] };

/** A mosaic. Pictures: {url, alt, spoiler, width, height, name}; `message` is the id of theirs. */
export function gallery(message, pictures) {
  const open = pictures.map((picture) => !picture.spoiler || isOpen(message, picture.url));
  const cells = pictures.map((picture, at) => cell(message, picture, open[at], () => look(pictures, at)));
  if (pictures.length === 1) return el("div", { class: "gallery one" }, single(pictures[0], cells[0]));
  if (pictures.length === 3) return el("div", { class: "gallery three" }, cells);
  const spans = (ROWS[pictures.length] ?? Array(Math.ceil(pictures.length / 3)).fill(3)).flatMap((many) => Array(many).fill(many));
  cells.forEach((node, at) => node.classList.add(`of${spans[at] ?? 3}`));
  return el("div", { class: "gallery many" }, cells);
}

function single(picture, node) {
  const { width = WIDEST, height = HIGHEST } = picture;
  const scale = Math.min(WIDEST / width, HIGHEST / height, 1);
  node.style.setProperty("width", `${Math.max(60, Math.round(width * scale))}px`);
  node.style.setProperty("aspect-ratio", `${width} / ${height}`);
  return node;
}

function cell(message, picture, open, show) {
  const alt = picture.alt || picture.name || "Picture";
  if (!open) {
    const click = (event) => uncover(event, message, picture.url);
    const image = el("img", { src: picture.url, alt: "", class: "veiled" });
    const label = el("span", { class: "pill-label" }, "Spoiler");
    return el("div", { class: "cell", key: picture.url },
      el("button", { type: "button", class: "reveal", "aria-label": "Spoiler, show the picture", on: { click } }, image, label));
  }
  const click = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show();
  };
  const link = el("a", { class: "picture", href: picture.url, target: "_blank", rel: "noopener", on: { click } },
    el("img", { src: picture.url, alt, width: picture.width, height: picture.height }));
  return el("div", { class: "cell", key: `${picture.url} open` }, link, picture.alt ? description(message, picture) : null);
}

function description(message, picture) {
  const what = `alt ${picture.url}`;
  const shown = isOpen(message, what);
  const id = `alt-${message}-${picture.url.replace(/\W/g, "")}`;
  const props = { type: "button", class: "alt", "aria-expanded": String(shown), "aria-controls": shown ? id : null };
  const button = el("button", { ...props, title: "Show description", on: { click: () => toggle(message, what) } }, "ALT");
  return [button, shown ? el("p", { class: "alt-text", id }, picture.alt) : null];
}

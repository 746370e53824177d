// One picture of a message, as large as the window: the dialog "Picture", with arrows to the others.

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

/** Open the dialog with these pictures, at one of them. */
export function look(pictures, from) {
  let at = from;
  const home = document.activeElement;
  const dialog = el("dialog", { class: "lightbox", "aria-label": "Picture" });
  const show = (next) => {
    at = (next + pictures.length) % pictures.length;
    fill(dialog, content(pictures, at, show, () => dialog.close()));
  };
  dialog.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && pictures.length > 1) show(at + step);
  };
  dialog.onclick = (event) => {
    if (!event.target.closest("img, a, button, p")) dialog.close();
  };
  dialog.onclose = () => {
    dialog.remove();
    if (home?.isConnected) home.focus({ preventScroll: true });
  };
  document.body.append(dialog);
  show(from);
  dialog.showModal();
  dialog.querySelector(".bar button").focus();
}

function content(pictures, at, show, close) {
  const { url, alt, name } = pictures[at];
  const many = pictures.length > 1;
  const button = (label, sign, click, kind) =>
    el("button", { type: "button", class: `round ${kind}`, "aria-label": label, title: label, on: { click } }, icon(sign, 24));
  return [
    el("div", { class: "bar", key: "bar" },
      el("span", { role: "status", class: "count" }, many ? `${at + 1} of ${pictures.length}` : ""),
      el("a", { class: "round", href: url, target: "_blank", rel: "noopener", "aria-label": "Open in browser", title: "Open in browser" }, icon("link", 24)),
      el("a", { class: "round", href: url, download: name ?? "", "aria-label": "Download", title: "Download" }, icon("download", 24)),
      button("Close", "close", close, "")),
    many ? button("Previous picture", "left", () => show(at - 1), "before") : null,
    el("figure", { key: "figure" },
      el("img", { key: url, src: url, alt: alt || name || "Picture" }),
      alt ? el("figcaption", {}, el("p", {}, alt)) : null),
    many ? button("Next picture", "right", () => show(at + 1), "after") : null,
  ];
}

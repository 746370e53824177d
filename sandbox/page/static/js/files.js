// Files: how large they are in words, what hangs on a message, and previews of those that are about to be sent.

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** "1.2 MB" */
export function bytes(many) {
  if (many < 1024) return `${many} bytes`;
  return many < 1024 * 1024 ? `${(many / 1024).toFixed(1)} KB` : `${(many / 1024 / 1024).toFixed(1)} MB`;
}

/** Whether an attachment is shown as a picture. */
export const isPicture = (file) => /^image\/(png|jpe?g|webp|gif|svg\+xml|avif)$/.test(file.type ?? "") && Boolean(file.width);

/** A file that hangs on a message. */
export function card({ url, name, size }) {
  const shown = name || decodeURIComponent(url.split("/").at(-1).split("?")[0]);
  return el("div", { class: "file" },
    icon("file", 32),
    el("div", { class: "what" },
      el("a", { href: url, download: shown }, shown),
      Number.isFinite(size) ? el("span", { class: "size" }, bytes(size)) : null),
    el("a", { class: "round", href: url, download: shown, "aria-label": `Download ${shown}`, title: "Download" }, icon("download")));
}

/** A small look at a file of one's own; drawn, because the page may load pictures from nowhere but its server. */
export function preview(file) {
  const canvas = el("canvas", { class: "preview", width: 1, height: 1, "aria-hidden": "true", "data-own": true });
  if (!file.type.startsWith("image/")) return icon("file", 48);
  createImageBitmap(file).then(
    (picture) => {
      const scale = Math.min(1, 320 / Math.max(picture.width, picture.height));
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    },
    () => canvas.replaceWith(icon("file", 48)),
  );
  return canvas;
}

// Round pictures of people: a letter on a colour.

import { el } from "./dom.js";

/** Dark or white, whatever can be read on the colour. */
function ink(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return light > 0.18 ? "#1a1a1e" : "#ffffff";
}

/** Somebody's avatar; their name stands beside it, so it is not read out. */
export function avatar(someone, kind = "") {
  const { colour = "#5865f2", letter = "?" } = someone?.avatar ?? {};
  const style = { "background-color": colour, color: ink(colour) };
  return el("span", { class: `avatar ${kind}`, style, "aria-hidden": "true" }, letter);
}

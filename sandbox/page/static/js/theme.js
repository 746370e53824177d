// Light or dark: what the system says, until somebody chooses.

import { fill } from "./dom.js";
import { icon } from "./icons.js";

const system = matchMedia("(prefers-color-scheme: light)");
const chosen = () => localStorage.getItem("theme");
const theme = () => chosen() ?? (system.matches ? "light" : "dark");

/** Put the button there and keep to the theme. */
export function begin(button) {
  const show = () => {
    const now = theme();
    document.documentElement.dataset.theme = now;
    button.setAttribute("aria-label", `Theme: ${now}`);
    button.title = `Theme: ${now}`;
    fill(button, [icon(now === "dark" ? "moon" : "sun")]);
  };
  button.onclick = () => {
    localStorage.setItem("theme", theme() === "dark" ? "light" : "dark");
    show();
  };
  system.addEventListener("change", show);
  show();
}

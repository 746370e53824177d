// Short notices at the foot of the page, read aloud, and gone after a while.

import { el } from "./dom.js";

const STAYS = 6000; // milliseconds
let whispered;

/** Tell people something that has no better place. */
export function say(text) {
  const notice = el("div", { class: "notice" }, text);
  document.getElementById("notices").append(notice);
  setTimeout(() => notice.remove(), STAYS);
}

/** Tell it to screen readers alone. */
export function whisper(text) {
  const quiet = document.getElementById("whispers");
  quiet.textContent = "";
  requestAnimationFrame(() => (quiet.textContent = text));
  clearTimeout(whispered);
  whispered = setTimeout(() => (quiet.textContent = ""), STAYS);
}

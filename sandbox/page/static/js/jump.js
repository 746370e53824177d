// Goes to a message, wherever it is, and lets it light up.

import { visit } from "./load.js";
import { say } from "./notices.js";
import { state } from "./state.js";

const ADDRESS = /^https:\/\/discord\.com\/channels\/[^/]+\/(\d+)\/(\d+)$/;
let wanted = null;

/** What going to the address of a message does; null for every other address. */
export function shortcut(address) {
  const found = ADDRESS.exec(address);
  return found ? () => jump(found[2], found[1]) : null;
}

/** Go to a message, of the open channel unless another is named. */
export function jump(message, channel = state.channel) {
  wanted = message;
  if (channel !== state.channel) visit(channel);
  else arrive();
}

/** What must be called after messages were drawn. */
export function arrive() {
  if (!wanted || !state.messages) return;
  const node = document.getElementById(`m-${wanted}`);
  wanted = null;
  if (!node) {
    say("That message is not here any more.");
    return;
  }
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  node.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  node.focus({ preventScroll: true });
  node.classList.remove("lit");
  requestAnimationFrame(() => node.classList.add("lit"));
}

// Files on their way into a message or a command: by button, dropped onto the channel, or pasted.

import { el } from "./dom.js";
import { bytes, preview } from "./files.js";
import { icon } from "./icons.js";
import { say } from "./notices.js";
import { change, draft, place, state } from "./state.js";

const MOST = 10;
let taken = () => false;
const numbers = new WeakMap();
let counted = 0;

/** Whoever wants files first: `takes` gets them and says whether it has taken them. */
export function take(takes) {
  taken = takes;
}

/** Put files to the message that is being written, or into the command. */
export function add(files) {
  if (!files.length || taken(files)) return;
  if (place()?.can_write === false) {
    say("You may not write in this channel.");
    return;
  }
  const room = MOST - draft().files.length;
  if (files.length > room) say("A message has up to ten files.");
  draft().files.push(...files.slice(0, room));
  change({ drafts: state.drafts });
}

/** The cards of the files of the message. */
export function tray() {
  return draft().files.map((file, at) => {
    if (!numbers.has(file)) numbers.set(file, (counted += 1));
    const remove = () => {
      draft().files.splice(at, 1);
      change({ drafts: state.drafts });
      document.getElementById("write").focus();
    };
    return el("div", { class: "card", key: `file ${numbers.get(file)} ${at}` },
      el("div", { class: "shown" }, preview(file)),
      el("div", { class: "file-name" }, file.name),
      el("div", { class: "size" }, bytes(file.size)),
      el("button", { type: "button", class: "round remove", "aria-label": `Remove ${file.name}`, title: "Remove", on: { click: remove } }, icon("bin", 16)));
  });
}

/** Let files be dropped onto the channel and pasted anywhere in it. */
export function begin(main) {
  const veil = el("div", { class: "veil", hidden: true }, el("div", {}, icon("upload", 48), el("p", {}, "Drop files here")));
  main.append(veil);
  const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files") && !document.querySelector("dialog[open]");
  main.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    veil.hidden = event.target.closest?.(".zone") !== null && event.target !== veil;
  });
  main.addEventListener("dragleave", (event) => {
    if (!main.contains(event.relatedTarget)) veil.hidden = true;
  });
  main.addEventListener("drop", (event) => {
    veil.hidden = true;
    if (!carries(event) || event.defaultPrevented) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    add(files);
  });
}

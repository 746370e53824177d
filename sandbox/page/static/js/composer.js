// Where messages and commands are written, at the foot of the channel.

import * as attachments from "./attachments.js";
import { write } from "./deeds.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./notices.js";
import { Picker } from "./picker.js";
import { Slash } from "./slash.js";
import { change, draft, place, state, watch } from "./state.js";

const LONGEST = 2000;
const NEAR = 200; // characters that are left when counting begins
const HINTS = {
  starting: "The bot is starting …",
  stopped: "The bot is stopped. Start it under “Behind the scenes”.",
  killed: "The bot was killed. Start it under “Behind the scenes”.",
  failed: "The bot could not start. Its log under “Behind the scenes” says why.",
};

/** Draw into the foot of the channel from now on. */
export function begin(node) {
  const parts = build();
  const slash = new Slash(() => settle(parts, slash));
  const picker = new Picker(parts.field, (command) => begun(parts, slash, command));
  fill(node, [parts.hint, slash.guide, picker.node, slash.popups, parts.form]);
  parts.form.append(slash.node);
  attachments.take((files) => slash.take(files));
  parts.field.oninput = () => {
    draft().text = parts.field.value;
    count(parts);
    picker.look();
  };
  parts.field.onkeydown = (event) => picker.key(event) || keys(event, parts);
  parts.field.onblur = () => picker.close();
  parts.form.onsubmit = (event) => {
    event.preventDefault();
    if (slash.open) slash.send();
    else send(parts);
  };
  // A command belongs to a place and a person; the same ones told once more leave it alone.
  const here = () => `${state.channel} ${state.person}`;
  let where = here();
  watch(["channel", "person"], () => {
    if (here() !== where && slash.open) slash.close();
    where = here();
  });
  watch(["channel", "drafts", "world", "messages"], () => draw(parts));
  watch(["commands"], () => document.activeElement === parts.field && picker.look());
  watch(["wanted", "commands"], () => wish(parts, slash));
}

function build() {
  const field = el("textarea", { id: "write", class: "grows", rows: 1, maxlength: LONGEST, autocomplete: "off", spellcheck: "true" });
  const chooser = el("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", "aria-label": "Files" });
  chooser.onchange = () => {
    attachments.add([...chooser.files]);
    chooser.value = "";
    field.focus();
  };
  const attach = el("button", { type: "button", class: "round attach", "aria-label": "Attach files", title: "Attach files", on: { click: () => chooser.click() } }, icon("plus", 22));
  const send = el("button", { type: "submit", class: "round send", "aria-label": "Send", title: "Send" }, icon("send", 22));
  const answering = el("div", { class: "answering", hidden: true });
  const tray = el("div", { class: "tray", hidden: true });
  const counter = el("span", { class: "counter", hidden: true, role: "status" });
  const row = el("div", { class: "row" }, attach, chooser, field, counter);
  const form = el("form", { class: "box" }, answering, tray, el("div", { class: "line" }, row, send));
  return { field, attach, answering, tray, counter, row, send, form, hint: el("div", { class: "hint", role: "status", hidden: true }) };
}

function draw(parts) {
  const here = place();
  if (!here) return;
  const { field } = parts;
  const may = here.can_write !== false;
  field.setAttribute("aria-label", `Message ${here.server ? "#" : "@"}${here.name}`);
  field.placeholder = may ? `Message ${here.server ? "#" : "@"}${here.name}` : "You may not write in this channel.";
  field.disabled = !may;
  parts.attach.disabled = !may;
  if (field.value !== draft().text) {
    field.value = draft().text;
    count(parts);
  }
  const { state: mood, note } = state.world.bot;
  parts.hint.hidden = !(mood in HINTS);
  const text = [HINTS[mood], note].filter(Boolean).join(" ");
  if (parts.hint.textContent !== text) parts.hint.textContent = text;
  answering(parts.answering);
  fill(parts.tray, attachments.tray());
  parts.tray.hidden = draft().files.length === 0;
}

function answering(node) {
  const it = state.messages?.find((one) => one.id === draft().reply);
  node.hidden = !it;
  if (!it) return;
  const leave = () => {
    draft().reply = null;
    change({ drafts: state.drafts });
    document.getElementById("write").focus();
  };
  fill(node, [el("span", {}, "Replying to ", el("strong", {}, it.author.name)),
    el("button", { type: "button", class: "round", "aria-label": "Stop replying", title: "Stop replying", on: { click: leave } }, icon("close", 16))]);
}

function count({ field, counter }) {
  const left = LONGEST - field.value.length;
  counter.hidden = left > NEAR;
  counter.textContent = String(left);
}

function keys(event, parts) {
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    send(parts);
  } else if (event.key === "Escape" && draft().reply) {
    draft().reply = null;
    change({ drafts: state.drafts });
  } else if (event.key === "ArrowUp" && parts.field.value === "") {
    const last = state.messages?.filter((one) => one.can.edit).at(-1);
    if (!last) return;
    event.preventDefault();
    change({ editing: last.id });
  }
}

async function send(parts) {
  const { text, files, reply } = draft();
  if ((!text.trim() && !files.length) || place()?.can_write === false) return;
  const before = draft();
  state.drafts.set(state.channel, { text: "", files: [], reply: null });
  change({ drafts: state.drafts });
  const channel = state.channel;
  if (await write(text.trim(), files, reply)) return;
  // What could not be sent comes back, unless something else is being written by now.
  if (!state.drafts.get(channel)?.text) state.drafts.set(channel, before);
  change({ drafts: state.drafts });
  parts.field.focus();
}

function begun(parts, slash, command) {
  draft().text = "";
  parts.field.value = "";
  parts.row.hidden = true;
  slash.begin(command);
}

function settle(parts, slash) {
  parts.row.hidden = slash.open;
  if (!slash.open) parts.field.focus();
}

function wish(parts, slash) {
  if (!state.wanted || place()?.can_write === false) return;
  const { slash: all } = state.commands;
  if (!all.length) return;
  const command = all.find((one) => one.name === state.wanted);
  if (!command) say(`There is no /${state.wanted} here.`);
  state.wanted = null;
  if (!command) return;
  if (slash.open) slash.close();
  begun(parts, slash, command);
}

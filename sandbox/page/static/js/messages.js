// The messages of the open channel: grouped, divided by days, kept in place while they change.

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { arrive } from "./jump.js";
import { line, message } from "./message.js";
import { change, place, state, watch } from "./state.js";
import { day } from "./times.js";

const TOGETHER = 7 * 60; // seconds within which messages of one author stand together
const NEAR = 80; // pixels from the end that still count as the end
let log;
let stuck = true;
let shown = null;
let newest = null; // the id of the newest entry of one's own

/** Draw into the log from now on. */
export function begin(node) {
  log = node;
  const inner = el("div", { class: "list" });
  const present = document.getElementById("present");
  log.append(inner);
  log.onscroll = () => {
    stuck = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR;
    present.hidden = stuck;
  };
  present.onclick = () => {
    stuck = true;
    stick();
  };
  const sizes = new ResizeObserver(() => stuck && stick());
  sizes.observe(inner);
  sizes.observe(log);
  watch(["messages", "local", "busy", "mishaps", "revealed", "editing", "commands", "world", "channel"], () => draw(inner));
}

function stick() {
  log.scrollTop = log.scrollHeight;
}

function draw(inner) {
  if (!state.world || !place()) return;
  if (shown !== state.channel) stuck = true;
  if (shown !== state.channel && state.messages) shown = state.channel;
  const mine = state.local.at(-1) ?? state.messages?.findLast((one) => one.mine);
  if (mine && mine.id !== newest && (mine.state === "sending" || mine === state.messages?.at(-1))) stuck = true;
  newest = mine?.id ?? newest;
  log.setAttribute("aria-busy", String(state.messages === null));
  fill(inner, state.messages === null ? [waiting()] : [welcome(), ...entries()]);
  rove(inner);
  if (stuck) stick();
  arrive();
}

function entries() {
  const nodes = [];
  let last = null;
  const mine = state.local.filter((one) => one.channel === state.channel && one.person === state.person);
  for (const it of [...state.messages, ...mine].sort((one, other) => one.time - other.time)) {
    if (!last || day(last.time) !== day(it.time)) {
      const label = day(it.time);
      nodes.push(el("div", { class: "divider", role: "separator", "aria-label": label, key: label }, el("span", {}, label)));
      last = null;
    }
    nodes.push(it.author ? message(it, !together(last, it)) : line(it));
    last = it;
  }
  return nodes;
}

function together(last, it) {
  if (!last?.author || last.author.id !== it.author.id || it.reply || it.interaction) return false;
  return last.ephemeral === it.ephemeral && it.time - last.time < TOGETHER;
}

/** One message can be reached with Tab: the newest, or the one that has the focus; arrows lead to the others. */
function rove(inner) {
  const articles = inner.querySelectorAll("article");
  const held = [...articles].find((node) => node.contains(document.activeElement)) ?? articles[articles.length - 1];
  for (const node of articles) node.tabIndex = node === held ? 0 : -1;
  log.tabIndex = articles.length ? -1 : 0;
}

const waiting = () => el("div", { class: "empty", key: "waiting" }, el("p", {}, "Loading…"));

function welcome() {
  const { name, server, kind } = place();
  const title = server ? `Welcome to ${kind === "thread" ? "" : "#"}${name}!` : name;
  const nothing = state.messages.length === 0;
  const click = () => change({ wanted: "imagine" });
  const hint = nothing
    ? [el("p", {}, "Nothing has been said here yet. Say what you would like to see:"),
      el("button", { type: "button", class: "button primary", on: { click } }, "Try /imagine")]
    : [el("p", {}, server ? `This is the start of ${kind === "thread" ? "the thread" : "the channel"}.` : `This is the start of your messages with ${name}.`)];
  return el("div", { class: "empty", key: `welcome ${nothing}` }, el("div", { class: "crest" }, icon(kind === "thread" ? "thread" : server ? "hash" : "at", 40)),
    el("h2", {}, title), hint);
}

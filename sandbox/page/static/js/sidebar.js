// Servers and channels at the left, and the head of the open channel.

import { avatar } from "./avatar.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { visit } from "./load.js";
import { change, channels, place, state, watch } from "./state.js";

/** The drawing of a kind of channel. */
export const sign = (channel) =>
  !channel.server ? "at" : channel.kind === "thread" ? "thread" : channel.can_write === false ? "lock" : "hash";

/** Draw from now on, and follow the address of the page. */
export function begin() {
  watch(["world", "channel", "unread", "person"], draw);
  watch(["drawer"], drawer);
  addEventListener("hashchange", follow);
  const toggle = document.getElementById("channels-button");
  fill(toggle, [icon("menu", 24)]);
  toggle.onclick = () => change({ drawer: !state.drawer });
  document.getElementById("curtain").onclick = () => change({ drawer: false });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !state.drawer) return;
    change({ drawer: false });
    toggle.focus();
  });
}

/** Open the channel that the address names, or the first one. */
export function follow() {
  const id = location.hash.slice(2);
  const known = channels();
  const found = known.find((one) => one.id === id) ?? known[0];
  if (found) visit(found.id);
}

function drawer() {
  document.getElementById("app").classList.toggle("drawn", state.drawer);
  document.getElementById("channels-button").setAttribute("aria-expanded", String(state.drawer));
  if (state.drawer) document.querySelector("#channels a[aria-current]")?.focus();
}

function draw() {
  const here = place();
  if (!here) return;
  if (location.hash.slice(2) !== here.id) history[location.hash ? "pushState" : "replaceState"](null, "", `#/${here.id}`);
  document.title = `${here.server ? "#" : "@"}${here.name} · Seedream sandbox`;
  fill(document.getElementById("servers"), [el("ul", {}, rail(here))]);
  fill(document.getElementById("channels"), here.server ? ofServer(here.server) : direct());
  fill(document.getElementById("where"), [icon(sign(here), 24), el("h1", {}, here.name), remark(here)]);
}

function remark(here) {
  const parent = channels().find((one) => one.id === here.parent);
  const words = here.nsfw ? "Age-restricted" : !here.bot_may_post ? "The bot may not write here" : parent ? `Thread in #${parent.name}` : null;
  return words ? el("span", { class: "remark" }, words) : null;
}

function rail(here) {
  const { servers, dms } = state.world;
  const direct = dms.length ? [button("Direct messages", icon("at", 24), !here.server, dms, "direct")] : [];
  const each = servers.map((server) => button(server.name, server.letter, here.server?.id === server.id, server.channels));
  return [...direct, ...each];
}

function button(name, face, current, inside, kind = "") {
  const news = inside.some((one) => state.unread.has(one.id));
  const click = () => (current ? null : visit(inside[0].id));
  const props = { type: "button", class: "server", title: name, "aria-label": news ? `${name}, unread` : name, "aria-current": current ? "true" : null };
  return el("li", { class: `${kind} ${news ? "news" : ""}`, key: name }, el("button", { ...props, on: { click } }, face));
}

function ofServer(server) {
  const tops = server.channels.filter((one) => one.kind !== "thread");
  const threads = (parent) => server.channels.filter((one) => one.kind === "thread" && one.parent === parent.id);
  return [
    el("div", { class: "title" }, server.name),
    el("ul", {}, tops.map((one) => {
      const inner = threads(one);
      return el("li", { key: one.id }, entry({ ...one, server }), inner.length ? el("ul", { class: "threads" }, inner.map((thread) => el("li", { key: thread.id }, entry({ ...thread, server })))) : null);
    })),
  ];
}

const direct = () => [
  el("div", { class: "title" }, "Direct messages"),
  el("ul", {}, state.world.dms.map((one) => el("li", { key: one.id }, entry({ ...one, server: null }, avatar(state.world.bot_user, "small"))))),
];

/** Follow a link to a channel at once; with Ctrl and the like the browser does what it does. */
function go(event, id) {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  visit(id);
  change({ drawer: false });
}

function entry(channel, face) {
  const current = channel.id === state.channel;
  const news = state.unread.has(channel.id);
  const told = [news && "unread", channel.nsfw && "age-restricted", channel.bot_may_post === false && "the bot may not write here"].filter(Boolean);
  const props = { href: `#/${channel.id}`, class: news ? "channel news" : "channel", "aria-current": current ? "page" : null };
  return el("a", { ...props, on: { click: (event) => go(event, channel.id) } }, face ?? icon(sign(channel)), el("span", { class: "label" }, channel.name),
    channel.nsfw ? el("span", { class: "mark", "aria-hidden": "true" }, "18+") : null,
    told.length ? el("span", { class: "unseen" }, `, ${told.join(", ")}`) : null);
}

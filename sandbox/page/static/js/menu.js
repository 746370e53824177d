// The menu of a message: right click, long press, the keys for it, or ⋯.

import * as deeds from "./deeds.js";
import { el } from "./dom.js";
import { ALL, QUICK } from "./emoji.js";
import { icon } from "./icons.js";
import * as layer from "./layer.js";
import { say } from "./notices.js";
import { change, channels, draft, state } from "./state.js";

const HELD = 500; // milliseconds until a press is a long one
const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
let pressing = null;

/** Answer a message with the next one. */
export function reply(it) {
  draft().reply = it.id;
  change({ drafts: state.drafts });
  document.getElementById("write")?.focus();
}

/** What an article listens to, so that its menu opens in every way that people know. */
export function ways(it) {
  const held = (event) => {
    if (event.pointerType !== "touch") return;
    const { clientX: x, clientY: y } = event;
    pressing = setTimeout(() => open(it, { x, y }), HELD);
  };
  const let_go = () => clearTimeout(pressing);
  return {
    contextmenu: (event) => {
      if (event.shiftKey || event.target.closest("textarea")) return;
      event.preventDefault();
      if (event.clientX || event.clientY) open(it, { x: event.clientX, y: event.clientY });
      else open(it, { anchor: event.target });
    },
    pointerdown: held,
    pointerup: let_go,
    pointercancel: let_go,
    pointermove: (event) => (Math.abs(event.movementX) > 3 || Math.abs(event.movementY) > 3) && let_go(),
    keydown: (event) => keys(event, it),
  };
}

function keys(event, it) {
  const article = event.currentTarget;
  const asked = event.key === "ContextMenu" || (event.shiftKey && event.key === "F10");
  if (asked) open(it, { anchor: event.target });
  else if (event.target !== article) return;
  else if (event.key === "Enter") open(it, { anchor: article });
  else if (event.key === "ArrowUp" || event.key === "ArrowDown") neighbour(article, event.key)?.focus();
  else return;
  event.preventDefault();
}

function neighbour(article, key) {
  let node = article;
  do node = key === "ArrowUp" ? node.previousElementSibling : node.nextElementSibling;
  while (node && node.localName !== "article");
  return node;
}

/** Open the menu at a point or beside a node. */
export function open(it, where) {
  const home = where.anchor ?? document.getElementById(`m-${it.id}`);
  const node = list("Message actions", [
    it.can.react ? quick(it) : null,
    it.can.react ? entry("React", "smile", { inner: () => palette(it) }) : null,
    it.can.edit ? entry("Edit", "pencil", { does: () => change({ editing: it.id }) }) : null,
    it.can.reply ? entry("Reply", "reply", { does: () => reply(it) }) : null,
    it.ephemeral || it.thinking ? null : entry("Forward", "forward", { inner: () => places(it) }),
    it.text ? entry("Copy text", "copy", { does: () => copy(it.text) }) : null,
    state.commands.message.length ? entry("Apps", "apps", { inner: () => apps(it) }) : null,
    it.can.delete ? entry("Delete", "bin", { kind: "danger", does: () => deeds.remove(it) }) : null,
  ]);
  layer.open(node, where, { key: `menu ${it.id}`, home });
  node.querySelector("[role=menuitem]")?.focus();
}

/** Open the emoji to react with, beside a node. */
export function emoji(it, anchor) {
  const node = palette(it);
  layer.open(node, { anchor }, { key: `emoji ${it.id}` });
  node.querySelector("[role=menuitem]").focus();
}

function list(name, entries) {
  return el("div", { class: "menu", role: "menu", "aria-label": name, on: { keydown: move } }, entries);
}

function entry(label, sign, { does, inner, kind = "" }) {
  const click = (event) => {
    if (inner) return unfold(event.currentTarget, inner());
    layer.close();
    return does();
  };
  const marks = inner ? { "aria-haspopup": "menu", "aria-expanded": "false" } : {};
  const props = { type: "button", class: `entry ${kind}`, role: "menuitem", tabindex: "-1", ...marks };
  return el("button", { ...props, on: { click } }, el("span", {}, label), inner || sign ? icon(inner ? "right" : sign) : null);
}

function move(event) {
  const menu = event.currentTarget;
  const here = document.activeElement;
  event.stopPropagation();
  if (event.key === "Tab") {
    event.preventDefault();
    return layer.close();
  }
  if (menu.classList.contains("inner") && event.key === "ArrowLeft" && !menu.classList.contains("grid")) return fold(event, menu);
  if (event.key === "ArrowRight" && here.getAttribute("aria-haspopup") === "menu") {
    event.preventDefault();
    return here.click();
  }
  const items = [...menu.querySelectorAll("[role=menuitem]")].filter((node) => node.closest("[role=menu]") === menu);
  const found = target(event.key, items, items.indexOf(here), menu.classList.contains("grid"));
  if (!found) return undefined;
  event.preventDefault();
  return found.focus();
}

function target(key, items, at, grid) {
  if (key === "Home") return items[0];
  if (key === "End") return items.at(-1);
  if (key.length === 1 && key !== " ") {
    const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
    return after.find((item) => item.textContent.toLowerCase().startsWith(key.toLowerCase()));
  }
  const wide = grid && (key === "ArrowDown" || key === "ArrowUp") ? 8 : 1;
  const step = (STEPS[key] ?? 0) * wide;
  return step ? items[(at + step + items.length) % items.length] : null;
}

function unfold(item, inner) {
  const outer = item.closest("[role=menu]");
  outer.querySelector(".inner")?.remove();
  inner.classList.add("inner");
  inner.dataset.of = item.textContent;
  item.after(inner);
  item.setAttribute("aria-expanded", "true");
  const box = item.getBoundingClientRect();
  const { width, height } = inner.getBoundingClientRect();
  const right = box.right + width + 8 <= innerWidth;
  inner.style.left = `${right ? box.right + 4 : Math.max(8, box.left - width - 4)}px`;
  inner.style.top = `${Math.max(8, Math.min(box.top, innerHeight - height - 8))}px`;
  inner.querySelector("[role=menuitem]")?.focus();
}

function fold(event, inner) {
  event.preventDefault();
  const item = inner.previousElementSibling;
  inner.remove();
  item.setAttribute("aria-expanded", "false");
  item.focus();
}

function quick(it) {
  return el("div", { class: "quick", role: "presentation" }, QUICK.slice(0, 4).map((sign) => face(it, sign, sign)));
}

function palette(it) {
  const node = list("Reactions", ALL.map(([sign, name]) => face(it, sign, name)));
  node.classList.add("grid");
  return node;
}

function face(it, sign, name) {
  const mine = it.reactions.some((one) => one.emoji === sign && one.mine);
  const click = () => {
    layer.close();
    deeds.react(it, sign, mine);
  };
  const props = { type: "button", class: "face", role: "menuitem", tabindex: "-1", "aria-label": name === sign ? sign : `${sign} ${name}`, title: `:${name}:` };
  return el("button", { ...props, on: { click } }, sign);
}

const apps = (it) =>
  list("Apps", state.commands.message.map(({ name }) => entry(name, null, { does: () => deeds.menu(name, it) })));

function places(it) {
  const open = channels().filter((one) => one.can_write);
  const name = (one) => (one.server ? `#${one.name}` : `@${one.name}`);
  const done = (one) => say(`Forwarded to ${name(one)}`);
  const send = async (one) => (await deeds.forward(it, one.id)) && done(one);
  return list("Forward", open.map((one) => entry(name(one), "forward", { does: () => send(one) })));
}

async function copy(text) {
  await navigator.clipboard.writeText(text).then(() => say("Copied"), () => say("Your browser does not let the page copy."));
}

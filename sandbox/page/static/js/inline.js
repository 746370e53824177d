// Discord's markdown within a line: bold, code, spoilers, links, mentions, timestamps, emoji.

import { el } from "./dom.js";
import { SHORTCODES } from "./emoji.js";
import { shortcut } from "./jump.js";
import { visit } from "./load.js";
import { cover } from "./spoiler.js";
import { change, channels, state } from "./state.js";
import { stamp } from "./times.js";

const wrapped = (tag) => (found, about) => el(tag, {}, inline(found[1], about));

// What may begin at a place, tried from the first to the last; `found` is the match, `about` what is known around it.
const RULES = [
  [/\\([^\w\s])/y, (found) => found[1]],
  [/``([^]+?)``(?!`)|`([^`\n]+)`/y, (found) => el("code", {}, (found[1] ?? found[2]).replace(/^ (.+) $/, "$1"))],
  [/\|\|([^]+?)\|\|/y, (found, about) => cover(about.message, `text ${found[1]}`, inline(found[1], about))],
  [/\*\*\*([^]+?)\*\*\*/y, (found, about) => el("strong", {}, el("em", {}, inline(found[1], about)))],
  [/\*\*([^]+?)\*\*(?!\*)/y, wrapped("strong")],
  [/__([^]+?)__(?!_)/y, wrapped("u")],
  [/~~([^]+?)~~/y, wrapped("s")],
  [/\*(?!\s)([^*]*[^*\s])\*(?!\*)/y, wrapped("em")],
  [/(?<!\w)_(?!\s)([^_]*[^_\s])_(?!\w)/y, wrapped("em")],
  [/\[([^\]\n]+)\]\(<?(https?:\/\/[^\s>)]+)>?(?: "[^"]*")?\)/y, (found, about) => link(found[2], inline(found[1], about))],
  [/<(https?:\/\/[^\s>]+)>/y, (found) => link(found[1], found[1])],
  [/https?:\/\/[^\s<>|]+[^\s<>|.,:;!?"')\]*_~]/y, (found) => link(found[0], found[0])],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, (found) => stamp(Number(found[1]), found[2])],
  [/<@!?(\d+)>/y, (found, about) => mention(`@${about.mentions?.[found[1]] ?? named(found[1])}`)],
  [/<@&(\d+)>/y, (found, about) => mention(`@${about.mentions?.[found[1]] ?? "role"}`)],
  [/<#(\d+)>/y, (found) => place(found[1])],
  [/<\/([^:>\n]+):\d+>/y, (found) => command(found[1])],
  [/<a?:(\w+):\d+>/y, (found) => `:${found[1]}:`],
  [/@(?:everyone|here)\b/y, (found) => mention(found[0])],
  [/:([a-z0-9_+-]+):/y, (found) => SHORTCODES[found[1]] ?? found[0]],
];
const PLAIN = /[^]/uy;

/** The nodes of a piece of text. `about` has the `mentions` of its message and the `message` id. */
export function inline(text, about = {}) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const [found, make] = first(text, at);
    at += found[0].length;
    const made = make ? make(found, about) : found[0];
    if (typeof made === "string") {
      plain += made;
      continue;
    }
    if (plain) nodes.push(document.createTextNode(plain));
    plain = "";
    nodes.push(made);
  }
  if (plain) nodes.push(document.createTextNode(plain));
  return nodes;
}

/** A piece of text in one line, without anything that acts; spoilers stay covered. */
export function plainly(text, about = {}) {
  const covered = text.replace(/\|\|[^]+?\|\|/g, "▬▬▬").replace(/^(?:#{1,3}|-#|>) /gm, "").replace(/\s+/g, " ");
  return el("span", {}, inline(covered, about)).textContent.slice(0, 200);
}

function first(text, at) {
  for (const [rule, make] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text);
    if (found) return [found, make];
  }
  PLAIN.lastIndex = at;
  return [PLAIN.exec(text), null];
}

function link(address, shown) {
  const click = shortcut(address);
  if (click) return el("button", { type: "button", class: "link", on: { click } }, shown);
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", title: address }, shown);
}

const mention = (name) => el("span", { class: "mention" }, name);

function named(id) {
  const { people = [], bot_user: bot } = state.world ?? {};
  return [...people, bot].find((one) => one?.id === id)?.name ?? "unknown-user";
}

function place(id) {
  const channel = channels().find((one) => one.id === id);
  if (!channel) return mention("#unknown");
  return el("button", { type: "button", class: "mention", on: { click: () => visit(id) } }, `#${channel.name}`);
}

function command(name) {
  const click = () => change({ wanted: name });
  return el("button", { type: "button", class: "mention", on: { click } }, `/${name}`);
}

// What the bot sends and receives, line by line, and the provider's calls with their prices.

import * as api from "./api.js";
import { el } from "./dom.js";
import { change, state } from "./state.js";

const KEPT = 500;
const SOURCES = { all: "Everything", wrong: "Only errors", discord: "Discord", gateway: "Gateway", provider: "Provider", log: "Log" };
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
let entries = [];
let last = 0;
let source = "all";
let words = "";
let bringing = false;

/** Fetch what is new. */
export async function bring() {
  if (bringing) return;
  bringing = true;
  try {
    let told;
    do {
      told = await api.wire(last);
      if (told.last < last) [last, entries] = [0, []]; // the sandbox was started anew
      else last = told.entries.at(-1)?.n ?? told.last;
      entries = [...entries, ...told.entries].slice(-KEPT);
    } while (told.entries.length && last < told.last);
  } catch (error) {
    if (!(error instanceof api.Refused)) throw error;
  } finally {
    bringing = false;
  }
  change({ traffic: entries });
}

const failed = (one) => one.wrong.length > 0 || one.status >= 400 || ["error", "critical"].includes((one.level ?? "").toLowerCase());

function fits(one) {
  if (source === "wrong" && !failed(one)) return false;
  if (source !== "all" && source !== "wrong" && one.who !== source) return false;
  return !words || `${one.title} ${one.body ?? ""} ${one.wrong.join(" ")}`.toLowerCase().includes(words);
}

/** The tab "Traffic". */
export function draw() {
  const again = () => change({ traffic: entries });
  const pick = (event) => {
    source = event.currentTarget.value;
    again();
  };
  const search = (event) => {
    words = event.currentTarget.value.trim().toLowerCase();
    again();
  };
  const empty = () => {
    entries = [];
    again();
  };
  const shown = entries.filter(fits);
  return [
    el("div", { class: "filters", key: "filters" },
      el("select", { "aria-label": "Show", on: { change: pick } }, Object.entries(SOURCES).map(([value, name]) => el("option", { value, selected: value === source }, name))),
      el("input", { type: "search", "aria-label": "Search the traffic", placeholder: "Search", on: { input: search } }),
      el("button", { type: "button", class: "button secondary", on: { click: empty } }, "Clear")),
    shown.length ? el("ul", { class: "wire", key: "wire" }, shown.toReversed().map(entry)) : el("p", { class: "nothing", key: "nothing" }, "Nothing yet. Use a command and look here again."),
  ];
}

function entry(one) {
  const bad = failed(one);
  const way = one.who === "log" ? "" : one.way === "out" ? "→" : "←";
  const facts = [one.status, Number.isFinite(one.ms) ? `${one.ms} ms` : null, money(one)].filter((fact) => fact || fact === 0);
  const label = { out: "sent", in: "received" }[one.way];
  return el("li", { class: bad ? "bad" : "", key: one.n },
    el("details", {},
      el("summary", {},
        el("time", {}, clock.format(new Date(one.time * 1000))),
        el("span", { class: `who ${one.who}` }, one.who),
        el("span", { class: "way", role: "img", "aria-label": label }, way || "·"),
        el("span", { class: "what" }, titled(one)),
        el("span", { class: "facts" }, facts.join(" · "))),
      one.body ? el("pre", { tabindex: "0" }, one.body) : el("p", { class: "nothing" }, "No body.")),
    one.fault ? el("p", { class: "fault" }, `Made to fail: ${one.fault}`) : null,
    one.wrong.map((rule) => el("p", { class: "broken" }, rule)));
}

/** A title without the time that a line of the log begins with: it stands beside it. */
export const titled = (one) => one.title.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:[.,]\d+)? /, "");

const money = (one) => (one.price === null || one.price === undefined ? null : `$${String(one.price).replace(/^\$/, "")}`);

/** The tab "Provider". */
export function calls() {
  const made = entries.filter((one) => one.who === "provider");
  const sum = made.reduce((total, one) => total + (Number.parseFloat(String(one.price ?? 0).replace("$", "")) || 0), 0);
  const images = made.reduce((total, one) => total + (one.images ?? 0), 0);
  const { name, pretend } = state.world.provider;
  return [
    el("p", { key: "who" }, el("strong", {}, name), pretend ? " · a pretend one: nothing is charged, the prices are those of its list." : " · the real one: this costs money."),
    el("dl", { class: "sums", key: "sums" },
      el("div", {}, el("dt", {}, "Calls"), el("dd", {}, String(made.length))),
      el("div", {}, el("dt", {}, "Images"), el("dd", {}, String(images))),
      el("div", {}, el("dt", {}, "Price"), el("dd", {}, `$${sum.toFixed(sum && sum < 0.1 ? 4 : 2)}`))),
    made.length ? el("ul", { class: "wire", key: "wire" }, made.toReversed().map(entry)) : el("p", { class: "nothing", key: "nothing" }, "No call yet. Ask for a picture."),
  ];
}

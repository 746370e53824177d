// Points in time as Discord writes them, and those that count while one looks.

import { el } from "./dom.js";
import { me, now } from "./state.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];
const clock = new Intl.DateTimeFormat("en-US", { hour: "numeric", minute: "2-digit" });
const short = new Intl.DateTimeFormat("en-US", { dateStyle: "short" });
const long = new Intl.DateTimeFormat("en-US", { dateStyle: "long" });
const full = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeStyle: "short" });

const at = (seconds) => new Date(seconds * 1000);
const daysAgo = (seconds) => Math.round((at(now()).setHours(0, 0, 0, 0) - at(seconds).setHours(0, 0, 0, 0)) / 86_400_000);

/** "5:46 PM" */
export const hour = (seconds) => clock.format(at(seconds));
/** "November 20, 2026" */
export const day = (seconds) => long.format(at(seconds));
/** Everything there is to say, for a tooltip. */
export const whole = (seconds) => full.format(at(seconds));

/** "5:46 PM", "Yesterday at 5:46 PM", "11/18/26, 5:46 PM" */
export function when(seconds) {
  const ago = daysAgo(seconds);
  if (ago === 0) return hour(seconds);
  return ago === 1 ? `Yesterday at ${hour(seconds)}` : `${short.format(at(seconds))}, ${hour(seconds)}`;
}

/** What <t:seconds:style> becomes: a node that counts by itself where it says how long it is. */
export function stamp(seconds, style) {
  const props = { class: "stamp", datetime: at(seconds).toISOString(), title: whole(seconds) };
  if (style !== "R") {
    const form = new Intl.DateTimeFormat(me()?.locale ?? "en-US", STYLES[style] ?? STYLES.f);
    return el("time", props, form.format(at(seconds)));
  }
  return el("time", { ...props, "data-counts": seconds, "aria-live": "off" }, distance(seconds));
}

function distance(seconds) {
  const apart = Math.round(seconds - now());
  const [unit, length] = UNITS.find(([, length]) => Math.abs(apart) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(me()?.locale ?? "en-US").format(Math.trunc(apart / length), unit);
}

/** Keep all counting nodes right, once a second. */
export function tick() {
  for (const node of document.querySelectorAll("[data-counts]")) {
    const text = distance(Number(node.dataset.counts));
    if (node.firstChild?.data !== text) node.textContent = text;
  }
}

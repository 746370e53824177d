// Switches that make things fail, so that one sees what people would see.

import * as api from "./api.js";
import { el } from "./dom.js";
import { say } from "./notices.js";
import { change, state } from "./state.js";

const GROUPS = ["Provider", "Discord", "Bot"];

async function told(asking) {
  try {
    change({ switches: (await asking).switches });
  } catch (error) {
    if (!(error instanceof api.Refused)) throw error;
    say(error.message);
  }
}

/** Fetch how they stand. */
export const bring = () => told(api.switches());

/** The tab "Make it fail". */
export function draw() {
  const all = state.switches ?? [];
  return [
    el("p", { key: "about" }, "Turn something on, then use the bot as usual and see what a person would see."),
    GROUPS.filter((group) => all.some((one) => one.group === group)).map((group) =>
      el("fieldset", { key: group }, el("legend", {}, group), all.filter((one) => one.group === group).map(row))),
  ];
}

function row({ key, label, help, kind, on }) {
  const click = () => told(api.turn(key, !on));
  const id = `switch-${key}`;
  const props = { type: "button", class: "switch", role: "switch", "aria-checked": String(on), "aria-labelledby": id, "aria-describedby": `${id}-help` };
  return el("div", { class: "switch-row", key },
    el("div", {}, el("span", { id, class: "label" }, label),
      el("span", { id: `${id}-help`, class: "help" }, help, kind === "once" ? " Happens once." : "")),
    el("button", { ...props, on: { click } }, el("span", { class: "knob" })));
}

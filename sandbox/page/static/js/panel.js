// Behind the scenes: what the bot sends and receives, what it costs, how to make it fail, and the bot itself.

import { el, fill } from "./dom.js";
import * as faults from "./faults.js";
import { icon } from "./icons.js";
import * as process from "./process.js";
import { change, state, watch } from "./state.js";
import * as traffic from "./traffic.js";

const TABS = {
  Traffic: traffic.draw,
  Provider: traffic.calls,
  "Make it fail": faults.draw,
  Bot: process.draw,
};

/** Draw into the panel from now on; the button opens and closes it. */
export function begin(panel, button) {
  fill(button, [icon("wrench")]);
  button.setAttribute("aria-label", "Behind the scenes");
  button.title = "Behind the scenes";
  const close = () => {
    change({ panel: null });
    button.focus();
  };
  button.onclick = () => change({ panel: state.panel ? null : (localStorage.getItem("tab") ?? "Traffic") });
  panel.onkeydown = (event) => event.key === "Escape" && close();
  watch(["panel"], () => {
    panel.hidden = state.panel === null;
    document.getElementById("app").classList.toggle("paneled", state.panel !== null);
    button.setAttribute("aria-expanded", String(state.panel !== null));
    if (!state.panel) return;
    localStorage.setItem("tab", state.panel);
    traffic.bring();
    faults.bring();
  });
  watch(["wire", "connected"], () => {
    if (!state.panel) return;
    traffic.bring();
    // What happens once is off again when it has happened.
    if (state.switches?.some((one) => one.on && one.kind === "once")) faults.bring();
  });
  watch(["panel", "traffic", "switches", "world"], () => state.panel && draw(panel, close));
}

function draw(panel, close) {
  const name = state.panel in TABS ? state.panel : "Traffic";
  fill(panel, [
    el("header", { key: "head" }, el("h2", {}, "Behind the scenes"),
      el("button", { type: "button", class: "round", "aria-label": "Close the panel", title: "Close", on: { click: close } }, icon("close"))),
    el("div", { class: "tabs", role: "tablist", "aria-label": "Behind the scenes", key: "tabs" }, Object.keys(TABS).map((one) => tab(one, one === name))),
    el("div", { class: "tab-panel", role: "tabpanel", id: "tab-panel", "aria-labelledby": `tab-${id(name)}`, key: name, tabindex: "0" }, TABS[name]()),
  ]);
}

const id = (name) => name.replaceAll(" ", "-");

function tab(name, chosen) {
  const keydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const names = Object.keys(TABS);
    const next = names[(names.indexOf(name) + step + names.length) % names.length];
    change({ panel: next });
    document.getElementById(`tab-${id(next)}`).focus();
  };
  const props = { type: "button", role: "tab", id: `tab-${id(name)}`, "aria-selected": String(chosen), tabindex: chosen ? "0" : "-1" };
  const controls = chosen ? { "aria-controls": "tab-panel" } : {};
  return el("button", { ...props, ...controls, on: { click: () => change({ panel: name }), keydown } }, name);
}

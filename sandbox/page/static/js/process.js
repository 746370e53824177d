// The bot's process: how it is, its log, and how to start, stop and kill it.

import * as api from "./api.js";
import { el } from "./dom.js";
import { say } from "./notices.js";
import { state } from "./state.js";
import { titled } from "./traffic.js";

const STATES = { starting: "Starting …", ready: "Ready", stopped: "Stopped", killed: "Killed", failed: "Failed" };
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

async function order(what) {
  try {
    await api.bot(what);
  } catch (error) {
    if (!(error instanceof api.Refused)) throw error;
    say(error.message);
  }
}

/** The tab "Bot". */
export function draw() {
  const { state: mood, pid, note } = state.world.bot;
  const up = mood === "ready" || mood === "starting";
  const button = (label, what, kind, can) =>
    el("button", { type: "button", class: `button ${kind}`, "aria-disabled": can ? null : "true", on: { click: () => can && order(what) } }, label);
  const log = (state.traffic ?? []).filter((one) => one.who === "log").slice(-200);
  return [
    el("p", { class: "mood", key: "mood", role: "status" }, el("span", { class: `lamp ${mood}` }), el("strong", {}, STATES[mood] ?? mood),
      pid && up ? ` · process ${pid}` : "", note ? ` · ${note}` : ""),
    el("div", { class: "row", key: "orders" },
      button("Restart", "restart", "primary", up), button("Stop", "stop", "secondary", up),
      button("Kill", "kill", "danger", up), button("Start", "start", "success", !up)),
    el("p", { class: "help", key: "help" }, "Stop lets the bot finish politely. Kill ends it at once, as a power cut would: after a start, what was paid for still arrives."),
    el("h3", { key: "title" }, "Log"),
    el("pre", { class: "bot-log", tabindex: "0", key: "log", "aria-label": "Log of the bot", role: "region" },
      log.length ? log.toReversed().map((one) => `${clock.format(new Date(one.time * 1000))} ${titled(one)}`).join("\n") : "Nothing yet."),
  ];
}

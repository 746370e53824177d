// What a person does, and what the page shows until the bot has answered.

import { act, Refused } from "./api.js";
import * as load from "./load.js";
import { say } from "./notices.js";
import { change, now, state } from "./state.js";

export const SILENT = "The application did not respond";
let counted = 0;

const by = (deed) => ({ as: state.person, ...deed });

/** Do it, and tell of a refusal in a notice; whether it was done. */
async function plainly(deed, files) {
  try {
    await act(by(deed), files);
    await load.messages();
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message);
    return false;
  }
}

export const react = (message, emoji, takeBack) =>
  plainly({ do: "react", message: message.id, emoji, take_back: takeBack });
export const edit = (message, text) => plainly({ do: "edit", message: message.id, text });
export const remove = (message) => plainly({ do: message.ephemeral ? "dismiss" : "delete", message: message.id });
export const forward = (message, to) => plainly({ do: "forward", message: message.id, to });

/** Write a message. */
export function write(text, files, reply) {
  const names = files.map((_, at) => `f${at}`);
  const deed = { do: "say", in: state.channel, text, files: names };
  return plainly(reply ? { ...deed, reply_to: reply } : deed, files);
}

/** Use another language; the bot's commands and answers follow. */
export async function speak(locale) {
  await plainly({ do: "locale", locale });
  await Promise.all([load.world(), load.commands()]);
}

/** Use a slash command; a line in the channel tells how it goes. */
export const slash = (name, options, files) => command(`/${name}`, { do: "slash", in: state.channel, name, options }, files);
/** Use an entry of the menu of a message. */
export const menu = (name, message) => command(name, { do: "menu", in: state.channel, name, message: message.id });

async function command(name, deed, files = []) {
  counted += 1;
  const line = { id: `local-${counted}`, channel: state.channel, person: state.person, name, state: "sending", time: now() };
  change({ local: [...state.local, line] });
  const outcome = await heard(deed, files);
  await load.messages();
  const rest = state.local.filter((one) => one.id !== line.id);
  change({ local: outcome === null ? rest : [...rest, { ...line, state: "failed", error: outcome }] });
}

/** Put away a line about a command that came to nothing. */
export const forget = (id) => change({ local: state.local.filter((one) => one.id !== id) });

/** Press a button, or pick in a select when `values` are given. */
export async function press(message, id, values = null) {
  const key = `${message.id}/${id}`;
  if (state.busy.has(key)) return;
  state.mishaps.delete(message.id);
  change({ busy: state.busy.add(key), mishaps: state.mishaps });
  const deed = { message: message.id, id };
  const outcome = await heard(values ? { do: "choose", ...deed, values } : { do: "press", ...deed });
  await load.messages();
  state.busy.delete(key);
  if (outcome !== null) state.mishaps.set(message.id, outcome);
  change({ busy: state.busy, mishaps: state.mishaps });
}

/** Send a filled window; what is wrong with it, null if nothing is. */
export async function submit(modal, values, files) {
  const outcome = await heard({ do: "submit", modal: modal.id, values }, files);
  if (outcome === null) await load.messages();
  return outcome;
}

/** What the bot offers for an option that is being typed. */
export async function suggestions(name, option, typed, options) {
  const deed = { do: "autocomplete", in: state.channel, name, option, typed, options };
  try {
    return (await act(by(deed)))?.choices ?? [];
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [];
  }
}

/** Do something that the bot answers; what went wrong in words, null when it has answered. */
async function heard(deed, files = []) {
  try {
    const answer = await act(by(deed), files);
    if (answer?.kind === "modal") change({ modal: answer.modal });
    return answer?.kind === "silent" ? SILENT : null;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.message;
  }
}

// Asks the page's server: every address that the page uses stands here.

/** What was asked for cannot be done; the message says why, in words for people. */
export class Refused extends Error {}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused("The sandbox does not answer. Is it still running?");
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok || told.ok === false) throw new Refused(told.error ?? `The sandbox answered ${answer.status}.`);
  return told;
}

const post = (path, body) =>
  ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const query = (values) => new URLSearchParams(values).toString();

export const world = (person) => ask(`/api/world?${query(person ? { as: person } : {})}`);
export const channel = (id, person) => ask(`/api/channel/${encodeURIComponent(id)}?${query({ as: person })}`);
export const commands = (person, place) => ask(`/api/commands?${query({ as: person, in: place })}`);
export const wire = (after) => ask(`/api/wire?${query({ after })}`);
export const switches = () => ask("/api/switches");
export const turn = (key, on) => post("/api/switch", { key, on });
export const bot = (what) => post("/api/bot", { do: what });

/** Do what a person does; `files` are sent as the parts f0, f1, … that the deed names. */
export async function act(deed, files = []) {
  const form = new FormData();
  form.append("deed", JSON.stringify(deed));
  files.forEach((file, at) => form.append(`f${at}`, file, file.name));
  const told = await ask("/api/do", { method: "POST", body: form });
  return told.answer ?? null;
}

// Brings what the server knows into the state, each thing once at a time and never out of order.

import * as api from "./api.js";
import { say } from "./notices.js";
import { change, channels, state } from "./state.js";

const opened = Date.now() / 1000;
const readUntil = new Map(); // channel → time of the newest message that was seen there

/** A function that runs `work`, and once more if it was called meanwhile. */
function steady(work) {
  let running = null;
  let again = false;
  return () => {
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      do {
        again = false;
        try {
          await work();
        } catch (error) {
          if (!(error instanceof api.Refused)) throw error;
          if (state.connected) say(error.message);
        }
      } while (again);
      running = null;
    })();
    return running;
  };
}

/** Whoever the people, channels and the bot are now. */
export const world = steady(async () => {
  const told = await api.world(state.person);
  const person = told.people.some((one) => one.id === state.person) ? state.person : told.people[0]?.id;
  change({ world: told, skew: told.now - Date.now() / 1000, person });
});

/** The messages of the open channel. */
export const messages = steady(async () => {
  const { channel, person } = state;
  if (!channel || !person) return;
  const told = await api.channel(channel, person);
  if (channel !== state.channel || person !== state.person) return;
  readUntil.set(channel, told.messages.at(-1)?.time ?? 0);
  change({ messages: told.messages });
});

/** The commands that may be used there. */
export const commands = steady(async () => {
  const { channel, person } = state;
  if (!channel || !person) return;
  const told = await api.commands(person, channel);
  if (channel === state.channel && person === state.person) change({ commands: told });
});

/** Something has happened in a channel: show it, or mark the channel if there is something new in it. */
export async function channelChanged(id) {
  if (id === state.channel) return messages();
  const { person } = state;
  if (state.unread.has(id) || !channels().some((one) => one.id === id)) return undefined;
  const told = await api.channel(id, person).catch(() => null);
  const newest = told?.messages.at(-1);
  const since = readUntil.get(id) ?? opened + state.skew;
  const news = newest && newest.time > since && newest.author.id !== person;
  if (news && person === state.person && id !== state.channel) change({ unread: state.unread.add(id) });
  return undefined;
}

/** Look at another channel. */
export function visit(id) {
  if (id === state.channel) return;
  state.unread.delete(id);
  change({ channel: id, messages: null, unread: state.unread, drawer: false, editing: null });
  messages();
  commands();
}

/** Be somebody else. */
export async function become(person) {
  state.unread.clear();
  change({ person, messages: null, local: [], mishaps: new Map(), unread: state.unread, editing: null });
  await world();
  if (!channels().some((one) => one.id === state.channel)) visit(channels()[0].id);
  await Promise.all([messages(), commands()]);
}

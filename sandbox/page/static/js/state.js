// Everything that the page knows, and who wants to hear when something of it changes.

export const state = {
  world: null, // what /api/world says
  person: null, // the id of whom one is
  channel: null, // the id of the channel that is open
  messages: null, // of that channel, null until they are here
  commands: { slash: [], message: [] }, // what the person may use there
  local: [], // commands on their way: {id, channel, name, state: "sending" | "silent" | "refused", error, time}
  busy: new Set(), // parts that were pressed and wait: "message/custom_id"
  mishaps: new Map(), // message → what went wrong with a press on it
  revealed: new Set(), // spoilers and alt texts that were opened
  unread: new Set(), // channels with news
  drafts: new Map(), // channel → {text, files, reply}
  editing: null, // the id of the message that is being edited
  modal: null, // the window that the bot has opened
  connected: true, // to the page's server
  traffic: [], // what went over the wire, newest last
  switches: null, // what can be made to fail
  wire: 0, // the number of the newest entry of the traffic
  wanted: null, // the name of a command that somebody has clicked
  drawer: false, // whether the channels are shown on a phone
  skew: 0, // seconds by which the sandbox's clock is ahead of this one
};

const watchers = new Map();
let due = null;

/** Call `does` soon after any of these entries has changed; several changes at once are one call. */
export function watch(names, does) {
  for (const name of names) watchers.set(name, [...(watchers.get(name) ?? []), does]);
}

/** Change entries. Sets and maps are changed in place and named here with themselves. */
export function change(entries) {
  Object.assign(state, entries);
  if (due === null) {
    due = new Set();
    queueMicrotask(tell);
  }
  for (const name of Object.keys(entries)) for (const does of watchers.get(name) ?? []) due.add(does);
}

function tell() {
  const now = due;
  due = null;
  for (const does of now) does();
}

/** Seconds since 1970 in the sandbox. */
export const now = () => Date.now() / 1000 + state.skew;

/** The person that one is, as the world describes them. */
export const me = () => state.world?.people.find((person) => person.id === state.person) ?? null;

/** All channels that the world has, each with its server (null for the direct messages). */
export function channels() {
  if (!state.world) return [];
  const inside = state.world.servers.flatMap((server) => server.channels.map((channel) => ({ ...channel, server })));
  return [...inside, ...state.world.dms.map((channel) => ({ can_write: true, bot_may_post: true, ...channel, server: null }))];
}

/** The channel that is open. */
export const place = () => channels().find((channel) => channel.id === state.channel) ?? null;

/** What is being written in the open channel. */
export function draft() {
  const empty = { text: "", files: [], reply: null };
  if (!state.drafts.has(state.channel)) state.drafts.set(state.channel, empty);
  return state.drafts.get(state.channel);
}

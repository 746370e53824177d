// Listens to the server's events, tries again when the line is cut, and says so meanwhile.

import { change, state } from "./state.js";

const FIRST = 500; // milliseconds until the first new try, doubled each time
const LONGEST = 5000;

/** Hear events for ever; `heard` gets each, `back` is called when the line stands again after it was cut. */
export function listen(heard, back) {
  let wait = FIRST;
  const open = () => {
    const source = new EventSource("/api/events");
    source.onopen = () => {
      wait = FIRST;
      if (!state.connected) {
        change({ connected: true });
        back();
      }
    };
    source.onmessage = (event) => heard(JSON.parse(event.data));
    source.onerror = () => {
      source.close();
      change({ connected: false });
      setTimeout(open, wait);
      wait = Math.min(LONGEST, wait * 2);
    };
  };
  open();
}

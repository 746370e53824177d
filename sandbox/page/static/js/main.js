// Starts the page: every part is put in its place, then the world is asked for and listened to.

import * as attachments from "./attachments.js";
import * as composer from "./composer.js";
import * as events from "./events.js";
import * as layer from "./layer.js";
import * as load from "./load.js";
import * as messages from "./messages.js";
import * as modal from "./modal.js";
import * as panel from "./panel.js";
import * as people from "./people.js";
import * as sidebar from "./sidebar.js";
import { change, state, watch } from "./state.js";
import * as theme from "./theme.js";
import * as times from "./times.js";

const find = (id) => document.getElementById(id);

async function heard(event) {
  if (event.kind === "channel") load.channelChanged(event.id);
  if (event.kind === "world") await load.world();
  if (event.kind === "bot") {
    await load.world();
    load.commands();
  }
  if (event.kind === "wire") change({ wire: event.last });
}

function everything() {
  load.world().then(() => {
    load.messages();
    load.commands();
  });
}

theme.begin(find("theme-button"));
layer.begin();
sidebar.begin();
people.begin(find("you"));
messages.begin(find("messages"));
composer.begin(find("composer"));
attachments.begin(find("main"));
modal.begin();
panel.begin(find("panel"), find("panel-button"));
watch(["connected"], () => (find("banner").hidden = state.connected));
setInterval(times.tick, 1000);

const name = localStorage.getItem("person"); // before anybody is shown, who would be kept there
await load.world();
const before = state.world?.people.find((person) => person.name === name);
if (before && before.id !== state.person) await load.become(before.id);
sidebar.follow();
events.listen(heard, everything);

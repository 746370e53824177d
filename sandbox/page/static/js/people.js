// Who one is, and which language they have chosen.

import { avatar } from "./avatar.js";
import { speak } from "./deeds.js";
import { el, fill } from "./dom.js";
import { become } from "./load.js";
import { me, state, watch } from "./state.js";

const ROLES = { member: "Member", moderator: "Moderator", owner: "Owner" };

/** Draw into the foot of the channels from now on. */
export function begin(node) {
  const face = el("div", { class: "face" });
  const person = el("select", { id: "person", on: { change: () => become(person.value) } });
  const language = el("select", { id: "language", on: { change: () => speak(language.value) } });
  node.append(face,
    el("div", { class: "choice" }, el("label", { for: "person" }, "You are"), person),
    el("div", { class: "choice" }, el("label", { for: "language" }, "Language"), language));
  watch(["world", "person"], () => draw(face, person, language));
}

function draw(face, person, language) {
  if (!state.world || !me()) return;
  fill(face, [avatar(me())]);
  fill(person, state.world.people.map((one) => el("option", { value: one.id, key: one.id }, `${one.name} · ${ROLES[one.role] ?? one.role}`)));
  fill(language, state.world.locales.map(([code, name]) => el("option", { value: code, key: code }, name)));
  person.value = state.person;
  language.value = me().locale;
  localStorage.setItem("person", me().name);
}

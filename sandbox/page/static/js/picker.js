// What is offered while one writes: commands after "/", people after "@".

import { avatar } from "./avatar.js";
import { el } from "./dom.js";
import { Listbox } from "./listbox.js";
import { state } from "./state.js";

/** The lists above the field; `chosen` gets the command that somebody takes. */
export class Picker {
  #field;
  #commands;
  #people;

  constructor(field, chosen) {
    this.#field = field;
    this.#commands = new Listbox("Commands", (item) => {
      this.close();
      chosen(item.value);
    });
    this.#people = new Listbox("People", (item) => this.#name(item.value));
    this.node = el("div", { class: "popups" }, this.#commands.node, this.#people.node);
  }

  /** See what is written now. */
  look() {
    const { value, selectionStart } = this.#field;
    const typed = /^\/(.{0,60})$/.exec(value);
    if (typed) return this.#offerCommands(typed[1]);
    const at = /(?:^|\s)@([^\s@]{0,30})$/.exec(value.slice(0, selectionStart));
    return at ? this.#offerPeople(at[1]) : this.close();
  }

  close() {
    this.#commands.hide();
    this.#people.hide();
  }

  /** A key in the field; whether it meant the lists. */
  key(event) {
    const list = [this.#commands, this.#people].find((one) => one.open);
    if (!list || event.isComposing) return false;
    if (list.key(event)) return true;
    if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") list.pick(list.current);
    else if (event.key === " " && list === this.#commands && this.#whole()) list.pick(this.#whole());
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  /** The command whose name is written out, if no other one begins so. */
  #whole() {
    const name = this.#field.value.slice(1);
    return this.#commands.items.every((item) => item.value.name === name || !item.value.name.startsWith(`${name} `)) &&
      this.#commands.items.find((item) => item.value.name === name);
  }

  #offerCommands(typed) {
    const wanted = typed.toLowerCase();
    const rank = ({ name }) => (name.toLowerCase().startsWith(wanted) ? 0 : name.toLowerCase().includes(wanted) ? 1 : 2);
    const found = state.commands.slash.filter((one) => rank(one) < 2).sort((one, other) => rank(one) - rank(other));
    this.#people.hide();
    this.#commands.serve(this.#field);
    this.#commands.show(found.map((command) => ({
      label: `/${command.name}`,
      value: command,
      description: command.description,
      group: state.world.bot_user.name,
      before: avatar(state.world.bot_user, "small"),
      after: el("span", { class: "source", "aria-hidden": "true" }, state.world.bot_user.name),
    })));
  }

  #offerPeople(typed) {
    const all = [state.world.bot_user, ...state.world.people.filter((one) => one.id !== state.person)];
    const found = all.filter((one) => one.name.toLowerCase().startsWith(typed.toLowerCase()));
    this.#commands.hide();
    this.#people.serve(this.#field);
    this.#people.show(found.map((one) => ({ label: one.name, value: one, before: avatar(one, "small") })));
  }

  #name(person) {
    const { value, selectionStart } = this.#field;
    const before = value.slice(0, selectionStart).replace(/@[^\s@]*$/, `@${person.name} `);
    this.close();
    this.#field.setRangeText(before, 0, selectionStart, "end");
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
    this.close();
  }
}

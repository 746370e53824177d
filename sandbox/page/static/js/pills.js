// The options of a slash command as they stand in the composer: a label and a field each.

import { el, fill } from "./dom.js";
import { preview } from "./files.js";
import { icon } from "./icons.js";
import { channels, state } from "./state.js";
import { read } from "./values.js";

const PICKED = new Set(["boolean", "user", "channel", "role"]);
let counted = 0;

/** What can be chosen in an option: {label, value}; null where one types freely. */
function offered(option) {
  if (option.choices?.length) return option.choices.map(({ name, value }) => ({ label: name, value }));
  if (option.kind === "boolean") return [{ label: "True", value: true }, { label: "False", value: false }];
  if (option.kind === "user") return [...state.world.people, state.world.bot_user].map((one) => ({ label: one.name, value: one.id }));
  if (option.kind === "channel") return channels().filter((one) => one.server).map((one) => ({ label: `#${one.name}`, value: one.id }));
  return null;
}

/** One option. `ask` brings what the bot offers for what is typed, `changed` is called at every change. */
export class Pill {
  constructor(option, { ask, changed }) {
    counted += 1;
    this.option = option;
    this.error = null;
    this.file = null;
    this.chosen = null; // {label, value}
    this.picks = offered(option);
    this.changed = changed;
    this.ask = ask;
    const id = `option-${counted}`;
    this.field = option.kind === "attachment" ? this.#zone(id) : this.#text(id);
    const label = el("label", { for: id }, option.name);
    const inside = option.kind === "attachment" ? this.shown : this.field;
    this.node = el("div", { class: `pill ${option.kind === "attachment" ? "zone" : ""}` }, label, inside,
      option.kind === "attachment" ? this.field : null);
  }

  /** Whether one must choose, or may be offered something. */
  get offers() {
    return this.picks !== null || this.option.autocomplete;
  }

  get empty() {
    return this.option.kind === "attachment" ? this.file === null : this.field.value === "";
  }

  /** What it would send: {value}, {file}, {} or {error}. */
  read() {
    if (this.option.kind === "attachment") {
      if (this.file) return { file: this.file };
      return this.option.required ? { error: "This option is required. Add a file." } : {};
    }
    const typed = this.field.value.trim();
    if (this.chosen && this.chosen.label === typed) return { value: this.chosen.value };
    const same = this.picks?.find((one) => one.label.toLowerCase() === typed.toLowerCase());
    if (same) return { value: same.value };
    if (typed && this.picks) return { error: "Choose one of the list." };
    if (typed && PICKED.has(this.option.kind)) return { error: "Nothing to choose from here." };
    return read(this.option, typed);
  }

  /** Say what is wrong, or with null that nothing is. */
  blame(error) {
    this.error = error;
    this.node.classList.toggle("invalid", error !== null);
    if (error) this.field.setAttribute("aria-invalid", "true");
    else this.field.removeAttribute("aria-invalid");
  }

  /** Take one of what is offered. */
  choose(item) {
    this.chosen = item;
    this.field.value = item.label;
    this.#grow();
    this.blame(null);
    this.changed(this);
  }

  /** Take a file. */
  put(file) {
    this.file = file;
    fill(this.shown, file ? [preview(file), el("span", { class: "file-name" }, file.name)] : [icon("upload", 28), el("span", {}, "Drop a file here or click")]);
    this.field.setAttribute("aria-description", file ? file.name : "empty");
    this.blame(null);
    this.changed(this);
  }

  /** What to offer for what is typed now. */
  async offer() {
    const typed = this.field.value;
    if (this.chosen && this.chosen.label === typed) return [];
    if (this.picks) return this.picks.filter((one) => one.label.toLowerCase().includes(typed.trim().toLowerCase()));
    const found = await this.ask(this.option, typed);
    return typed === this.field.value ? found.map(({ name, value }) => ({ label: name, value })) : null;
  }

  #text(id) {
    const lists = { role: "combobox", "aria-expanded": "false", "aria-autocomplete": "list" };
    const props = { id, class: "grows", spellcheck: "false", autocomplete: "off" };
    const field = this.offers ? el("input", { ...props, ...lists, type: "text", size: 3 }) : el("textarea", { ...props, rows: 1, cols: 3 });
    field.oninput = () => {
      if (field.value.includes("\n")) field.value = field.value.replace(/\s*\n\s*/g, " ");
      this.#grow();
      this.blame(null);
      this.changed(this);
    };
    return field;
  }

  /** Browsers without field-sizing are told how wide the text is. */
  #grow() {
    this.field[this.offers ? "size" : "cols"] = Math.max(3, Math.min(60, this.field.value.length + 1));
  }

  #zone(id) {
    this.shown = el("div", { class: "shown", "aria-hidden": "true" }, icon("upload", 28), el("span", {}, "Drop a file here or click"));
    const field = el("input", { type: "file", id, class: "chooser", "aria-description": "empty" });
    field.onchange = () => field.files[0] && this.put(field.files[0]);
    return field;
  }
}

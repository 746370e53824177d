// A list to choose from while the focus stays where one types; keys are told to it by its owner.

import { el, fill } from "./dom.js";

let counted = 0;

/** A list with a name; `pick` gets the item that was chosen. Items: {label, value, description, before, after, group}. */
export class Listbox {
  constructor(name, pick) {
    counted += 1;
    this.id = `list-${counted}`;
    this.items = [];
    this.at = -1;
    this.pick = pick;
    const on = { mousedown: (event) => event.preventDefault() }; // the focus stays where one types
    this.node = el("div", { class: "listbox", role: "listbox", id: this.id, tabindex: "0", "aria-label": name, hidden: true, on });
    this.owner = null;
  }

  get open() {
    return !this.node.hidden;
  }

  get current() {
    return this.open ? (this.items[this.at] ?? null) : null;
  }

  /** Say which field the list belongs to. */
  serve(owner) {
    if (this.owner && this.owner !== owner) this.#release();
    this.owner = owner;
  }

  /** Show these items; `at` is the one that Enter would take, none if it is -1. */
  show(items, at = 0) {
    this.items = items;
    this.node.hidden = items.length === 0;
    let group = null;
    fill(this.node, items.map((item, index) => {
      const head = item.group && item.group !== group ? el("div", { class: "group", role: "presentation" }, item.group) : null;
      group = item.group;
      return [head, this.#option(item, index)];
    }));
    this.#go(items.length ? Math.min(at, items.length - 1) : -1);
  }

  hide() {
    if (this.open) this.show([]);
  }

  /** One down or up, round and round. */
  move(by) {
    const many = this.items.length;
    if (many) this.#go(this.at < 0 && by < 0 ? many - 1 : (this.at + by + many) % many);
  }

  /** Arrow keys, Home, End; whether the key meant the list. */
  key(event) {
    if (!this.open) return false;
    if (event.key === "ArrowDown") this.move(1);
    else if (event.key === "ArrowUp") this.move(-1);
    else return false;
    event.preventDefault();
    return true;
  }

  #option(item, index) {
    const on = {
      pointermove: () => this.at !== index && this.#go(index, false),
      click: () => this.pick(item),
    };
    const marks = { role: "option", id: `${this.id}-${index}`, "aria-selected": "false", "aria-checked": item.checked };
    const text = el("span", { class: "text" }, el("span", { class: "label" }, item.label),
      item.description ? el("span", { class: "description" }, item.description) : null);
    return el("div", { class: "option", ...marks, on }, item.before, text, item.after);
  }

  #go(at, scroll = true) {
    this.at = at;
    for (const node of this.node.querySelectorAll("[role=option]")) {
      const here = node.id === `${this.id}-${at}`;
      node.setAttribute("aria-selected", String(here));
      if (here && scroll) node.scrollIntoView({ block: "nearest" });
    }
    if (!this.owner) return;
    if (this.open && this.owner !== this.node) this.owner.setAttribute("aria-controls", this.id);
    else this.owner.removeAttribute("aria-controls");
    if (this.owner.hasAttribute("aria-expanded")) this.owner.setAttribute("aria-expanded", String(this.open));
    if (at >= 0) this.owner.setAttribute("aria-activedescendant", `${this.id}-${at}`);
    else this.owner.removeAttribute("aria-activedescendant");
  }

  #release() {
    this.owner.removeAttribute("aria-controls");
    this.owner.removeAttribute("aria-activedescendant");
  }
}

// The fields of a window: each knows its node, its value, and whether it may be sent.

import { el, fill } from "./dom.js";
import { bytes, preview } from "./files.js";
import { icon } from "./icons.js";
import { defaults, select } from "./select.js";

const PARAGRAPH = 2;
let counted = 0;

/** The field for a component, under a label and a description. */
export function fieldOf(part, label, description) {
  if (part.type === 4) return new Text(part, label, description);
  if (part.type === 19) return new Upload(part, label, description);
  if (part.type === 21 || part.type === 22) return new Ticks(part, label, description);
  if (part.type === 23) return new Tick(part, label, description);
  return new Choice(part, label, description);
}

/** What all of them have: a label, a description, a place for what is wrong. */
class Field {
  constructor(part, label, description) {
    counted += 1;
    this.part = part;
    this.id = part.custom_id;
    this.key = `field-${counted}`;
    this.label = label;
    this.required = part.required !== false;
    this.error = el("span", { class: "wrong", id: `${this.key}-wrong`, role: "alert" });
    this.description = description ? el("p", { class: "description", id: `${this.key}-about` }, description) : null;
    this.describedby = [description && `${this.key}-about`, `${this.key}-wrong`].filter(Boolean).join(" ");
  }

  /** Put it together: `kind` of node around, and how its label is tied to it. */
  frame(inner, { group = false } = {}) {
    const star = this.required ? el("span", { class: "star", "aria-hidden": "true" }, " *") : null;
    const head = group ? el("legend", {}, this.label, star) : el("label", { for: this.key }, this.label, star);
    const parts = [head, this.description, inner, this.error];
    this.node = el(group ? "fieldset" : "div", { class: "field", "aria-describedby": group ? this.describedby : null }, parts);
  }

  /** Whether it may be sent; says what is wrong where it is. */
  check() {
    const wrong = this.wrong();
    this.error.textContent = wrong ?? "";
    this.node.classList.toggle("invalid", wrong !== null);
    for (const input of this.node.querySelectorAll("input, textarea")) {
      if (wrong) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
    return wrong === null;
  }

  focus() {
    this.node.querySelector("input, textarea, button")?.focus();
  }
}

class Text extends Field {
  constructor(part, label, description) {
    super(part, label, description);
    const long = part.style === PARAGRAPH;
    const props = { id: this.key, placeholder: part.placeholder, "aria-describedby": this.describedby, "aria-required": String(this.required), autocomplete: "off" };
    this.input = el(long ? "textarea" : "input", long ? { ...props, rows: 5 } : { ...props, type: "text" });
    this.input.value = part.value ?? "";
    this.counter = el("span", { class: "counter", "aria-hidden": "true" });
    this.input.oninput = () => {
      this.count();
      if (this.node.classList.contains("invalid")) this.check();
    };
    this.frame(el("div", { class: "typed" }, this.input, this.counter));
    this.count();
  }

  count() {
    const { max_length: most } = this.part;
    this.counter.textContent = most ? `${this.input.value.length}/${most}` : "";
  }

  value() {
    return this.input.value;
  }

  wrong() {
    const { length } = this.input.value;
    const { min_length: least = 0, max_length: most = 4000 } = this.part;
    if (!length) return this.required ? "This field is required." : null;
    if (length < least) return `At least ${least} characters, please.`;
    return length > most ? `At most ${most} characters, please; these are ${length}.` : null;
  }
}

class Choice extends Field {
  constructor(part, label, description) {
    super(part, label, description);
    this.values = defaults(part);
    this.place = el("div", { class: "select-row" });
    this.frame(this.place);
    this.show();
  }

  show() {
    const chosen = (values) => {
      this.values = values;
      this.show();
      this.check();
      this.focus();
    };
    const button = select(this.part, { key: this.key, values: this.values, chosen, name: this.label, describedby: this.describedby });
    button.id = this.key;
    this.place.replaceChildren(button);
  }

  value() {
    return this.values;
  }

  wrong() {
    const least = this.required ? (this.part.min_values ?? 1) : 0;
    return this.values.length < least ? "Make a selection." : null;
  }
}

class Upload extends Field {
  constructor(part, label, description) {
    super(part, label, description);
    this.files = [];
    this.most = part.max_values ?? 1;
    this.input = el("input", { type: "file", id: this.key, class: "chooser", multiple: this.most > 1, "aria-describedby": this.describedby });
    this.input.onchange = () => this.add([...this.input.files]);
    this.list = el("div", { class: "tray" });
    const zone = el("div", { class: "zone" }, icon("upload", 28), el("span", {}, this.most > 1 ? `Drop up to ${this.most} files here or click` : "Drop a file here or click"), this.input);
    zone.ondragover = (event) => event.preventDefault();
    zone.ondrop = (event) => {
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    };
    this.frame(el("div", {}, zone, this.list));
  }

  add(files) {
    this.files = this.most === 1 ? files.slice(0, 1) : [...this.files, ...files].slice(0, this.most);
    this.input.value = "";
    this.show();
    this.check();
  }

  show() {
    fill(this.list, this.files.map((file, at) => {
      const remove = () => {
        this.files.splice(at, 1);
        this.show();
        this.focus();
      };
      return el("div", { class: "card", key: `${file.name} ${file.size} ${file.lastModified}` }, el("div", { class: "shown" }, preview(file)),
        el("div", { class: "file-name" }, file.name), el("div", { class: "size" }, bytes(file.size)),
        el("button", { type: "button", class: "round remove", "aria-label": `Remove ${file.name}`, on: { click: remove } }, icon("bin", 16)));
    }));
  }

  value(add) {
    return { files: this.files.map(add) };
  }

  wrong() {
    const least = this.required ? (this.part.min_values ?? 1) : 0;
    if (this.files.length >= least) return null;
    return least === 1 ? "Add a file." : `Add at least ${least} files.`;
  }
}

class Ticks extends Field {
  constructor(part, label, description) {
    super(part, label, description);
    const type = part.type === 21 ? "radio" : "checkbox";
    this.inputs = part.options.map((option) => el("input", { type, name: this.key, value: option.value, checked: option.default }));
    this.frame(part.options.map((option, at) => el("label", { class: "tick" }, this.inputs[at],
      el("span", {}, option.label, option.description ? el("span", { class: "description" }, option.description) : null))), { group: true });
  }

  value() {
    const ticked = this.inputs.filter((input) => input.checked).map((input) => input.value);
    return this.part.type === 21 ? (ticked[0] ?? null) : ticked;
  }

  wrong() {
    const many = this.inputs.filter((input) => input.checked).length;
    const least = this.required ? (this.part.min_values ?? 1) : 0;
    const most = this.part.type === 21 ? 1 : (this.part.max_values ?? this.inputs.length);
    if (many < least) return least === 1 ? "Make a selection." : `Choose at least ${least}.`;
    return many > most ? `Choose at most ${most}.` : null;
  }
}

class Tick extends Field {
  constructor(part, label, description) {
    super(part, label, description);
    this.required = false;
    this.input = el("input", { type: "checkbox", id: this.key, checked: part.default, "aria-describedby": this.describedby });
    this.frame(this.input);
    this.node.classList.add("tick");
  }

  value() {
    return this.input.checked;
  }

  wrong() {
    return null;
  }
}

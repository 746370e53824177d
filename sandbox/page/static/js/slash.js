// A slash command that is being filled in: its options as pills, those to come, and the way out.

import { suggestions, slash } from "./deeds.js";
import { el, fill } from "./dom.js";
import { icon } from "./icons.js";
import { Listbox } from "./listbox.js";
import { whisper } from "./notices.js";
import { Pill } from "./pills.js";

/** Takes the place of the message while a command is written; `settled` is called when it is open or gone. */
export class Slash {
  #command = null;
  #pills = [];
  #active = null;
  #choices = new Listbox("Choices", (item) => this.#picked(item));
  #further = new Listbox("Options", (item) => this.#add(item.value));
  #settled;
  #typed = "";

  constructor(settled) {
    this.#settled = settled;
    this.node = el("div", { class: "slash", hidden: true });
    this.guide = el("div", { class: "guide", hidden: true });
    this.popups = el("div", { class: "popups" }, this.#choices.node, this.#further.node);
    this.node.onkeydown = this.popups.onkeydown = (event) => this.#key(event);
    this.node.addEventListener("focusin", (event) => this.#focused(event.target));
    this.node.addEventListener("focusout", () => this.#choices.hide());
    this.node.addEventListener("drop", (event) => this.#dropped(event));
    this.node.addEventListener("dragover", (event) => event.target.closest(".zone") && event.preventDefault());
    this.#build();
  }

  get open() {
    return this.#command !== null;
  }

  /** Write this command from now on. */
  begin(command) {
    this.#command = command;
    this.#pills = [];
    const required = command.options.filter((option) => option.required);
    for (const option of required) this.#make(option);
    this.#draw();
    this.#settled();
    (this.#pills[0]?.field ?? this.name).focus();
  }

  /** Leave it, and what was filled in. */
  close() {
    this.#command = null;
    this.#choices.hide();
    this.#further.hide();
    this.#draw();
    this.#settled();
  }

  /** Put files into the next free image options; whether there is a command to take them. */
  take(files) {
    if (!this.open) return false;
    for (const file of files) {
      const pill = this.#pills.find((one) => one.option.kind === "attachment" && !one.file);
      const next = this.#left().find((option) => option.kind === "attachment");
      if (!pill && !next) {
        whisper(`/${this.#command.name} takes no more files`);
        break;
      }
      const target = pill ?? this.#make(next);
      target.put(file);
      whisper(`${file.name} is now ${target.option.name}`);
    }
    this.#draw();
    return true;
  }

  /** Send it, or say what is wrong with it. */
  send() {
    const read = this.#pills.map((pill) => [pill, pill.read()]);
    for (const [pill, { error }] of read) pill.blame(error ?? null);
    const wrong = this.#pills.find((pill) => pill.error);
    if (wrong) {
      wrong.field.focus();
      this.#explain(wrong);
      return;
    }
    const files = [];
    const options = {};
    for (const [pill, { value, file }] of read) {
      if (file) options[pill.option.name] = { file: `f${files.push(file) - 1}` };
      else if (value !== undefined) options[pill.option.name] = value;
    }
    const { name } = this.#command;
    this.close();
    slash(name, options, files);
  }

  #build() {
    this.name = el("button", { type: "submit", class: "command" });
    this.more = el("button", { type: "button", class: "more", "aria-haspopup": "listbox", "aria-expanded": "false" });
    this.more.onclick = () => this.#offer();
    // Its list has the focus while it is open.
    this.#further.serve(this.#further.node);
    this.#further.node.onblur = () => {
      this.#further.hide();
      this.more.setAttribute("aria-expanded", "false");
    };
    this.fields = el("div", { class: "fields" });
    const leave = { type: "button", class: "round", "aria-label": "Leave the command", title: "Leave the command", on: { click: () => this.close() } };
    this.node.append(this.fields, el("button", leave, icon("close", 18)));
  }

  #left() {
    return this.#command.options.filter((option) => !this.#pills.some((pill) => pill.option === option));
  }

  #make(option) {
    const pill = new Pill(option, {
      ask: (which, typed) => suggestions(this.#command.name, which.name, typed, this.#soFar(which)),
      changed: (which) => which === this.#active && this.#consult(which),
    });
    this.#pills.push(pill);
    return pill;
  }

  #soFar(except) {
    const values = this.#pills.filter((pill) => pill.option !== except).map((pill) => [pill.option.name, pill.read().value]);
    return Object.fromEntries(values.filter(([, value]) => value !== undefined));
  }

  #draw() {
    this.node.hidden = this.guide.hidden = !this.open;
    if (!this.open) return;
    const left = this.#left().length;
    this.name.textContent = `/${this.#command.name}`;
    this.more.textContent = `+${left} more`;
    // Put in place by hand: what one writes in must stay the very same node.
    const wanted = [this.name, ...this.#pills.map((pill) => pill.node), ...(left ? [this.more] : [])];
    wanted.forEach((node, at) => this.fields.children[at] !== node && this.fields.insertBefore(node, this.fields.children[at] ?? null));
    while (this.fields.children.length > wanted.length) this.fields.lastChild.remove();
    this.#explain(this.#active);
  }

  #explain(pill) {
    const here = pill && this.#pills.includes(pill) ? pill : null;
    fill(this.guide, [
      el("strong", {}, here ? here.option.name : `/${this.#command.name}`),
      el("span", { class: "words" }, here ? here.option.description : this.#command.description),
      here?.error ? el("span", { class: "wrong", role: "alert" }, here.error) : null,
    ]);
  }

  #focused(target) {
    this.#active = this.#pills.find((pill) => pill.field === target) ?? null;
    this.#explain(this.#active);
    if (this.#active) this.#consult(this.#active);
    else this.#choices.hide();
  }

  async #consult(pill) {
    this.#explain(pill);
    if (!pill.offers) return this.#choices.hide();
    this.#choices.serve(pill.field);
    this.#choices.node.setAttribute("aria-label", pill.option.name);
    const found = await pill.offer();
    if (found && pill === this.#active && document.activeElement === pill.field) this.#choices.show(found);
    return undefined;
  }

  #picked(item) {
    this.#active.choose(item);
    this.#choices.hide();
  }

  #offer(typed = "") {
    const found = this.#left().filter((option) => option.name.toLowerCase().startsWith(typed));
    if (!found.length) return;
    this.#typed = typed;
    this.#further.show(found.map((option) => ({ label: option.name, value: option, description: option.description })));
    this.more.setAttribute("aria-expanded", "true");
    this.#further.node.focus();
  }

  #add(option) {
    const pill = this.#make(option);
    this.#draw();
    pill.field.focus();
  }

  #remove(pill) {
    const at = this.#pills.indexOf(pill);
    this.#pills.splice(at, 1);
    this.#draw();
    (this.#pills[Math.max(0, at - 1)]?.field ?? this.name).focus();
  }

  #key(event) {
    if (event.isComposing) return;
    const list = [this.#choices, this.#further].find((one) => one.open);
    if (list?.key(event)) return;
    if (event.key === "Escape") this.#escape(list, event);
    else if ((event.key === "Enter" || event.key === "Tab") && list?.current && !event.shiftKey) {
      list.pick(list.current);
      event.preventDefault();
    } else if (event.target === this.more || list === this.#further) this.#onMore(event);
    else if (event.key === "Enter") this.#enter(event);
    else if (event.key === "Backspace") this.#back(event);
  }

  #escape(list, event) {
    event.preventDefault();
    if (list === this.#further) this.more.focus();
    else if (list) list.hide();
    else this.close();
  }

  #enter(event) {
    if (this.#active?.option.kind === "attachment" && !this.#active.file) return;
    event.preventDefault();
    this.send();
  }

  #onMore(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.#offer();
    else if (event.key === "Backspace" && this.#typed) this.#offer(this.#typed.slice(0, -1));
    else if (event.key === "Backspace") (this.#pills.at(-1)?.field ?? this.name).focus();
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) this.#offer(this.#typed + event.key.toLowerCase());
    else return;
    event.preventDefault();
  }

  #back(event) {
    const pill = this.#active;
    if (!pill) {
      event.preventDefault();
      this.close();
    } else if (pill.file) {
      event.preventDefault();
      pill.put(null);
    } else if (pill.empty) {
      event.preventDefault();
      if (!pill.option.required) this.#remove(pill);
      else if (this.#pills[0] !== pill) this.#pills[this.#pills.indexOf(pill) - 1].field.focus();
      else if (this.#pills.every((one) => one.empty)) this.close();
    }
  }

  #dropped(event) {
    const pill = this.#pills.find((one) => one.option.kind === "attachment" && one.node.contains(event.target));
    const file = event.dataTransfer?.files[0];
    if (!pill || !file) return;
    event.preventDefault();
    pill.put(file);
    pill.field.focus();
  }
}

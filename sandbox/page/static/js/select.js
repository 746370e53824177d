// A select of Discord's: a button that shows what is chosen, and a list with descriptions.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import * as layer from "./layer.js";
import { Listbox } from "./listbox.js";
import { channels, state } from "./state.js";

/** What can be chosen in a select: its options, or people, or channels. */
export function choices(part) {
  const emoji = (option) => (option.emoji?.name ? el("span", { class: "emoji" }, option.emoji.name) : null);
  if (part.type === 3) return part.options.map((option) => ({ ...option, before: emoji(option) }));
  if (part.type === 8) return channels().filter((one) => one.server).map((one) => ({ label: `#${one.name}`, value: one.id }));
  if (part.type === 6) return [];
  return [...(state.world?.people ?? []), state.world?.bot_user].filter(Boolean).map((one) => ({ label: one.name, value: one.id }));
}

/** What is chosen before anybody has chosen. */
export function defaults(part) {
  const chosen = (part.options ?? []).filter((option) => option.default).map((option) => option.value);
  return [...chosen, ...(part.default_values ?? []).map((one) => String(one.id))];
}

/** The button. `key` names it in the page, `chosen` gets the values when the list is closed with other ones. */
export function select(part, { key, values = defaults(part), chosen, name, busy = false, describedby }) {
  const all = choices(part);
  const picked = all.filter((option) => values.includes(option.value));
  const hint = part.placeholder || "Make a selection";
  const label = name ?? hint;
  const shown = picked.length ? picked.map((option) => option.label).join(", ") : hint;
  const props = {
    type: "button",
    class: `select ${picked.length ? "" : "unset"}`,
    role: "combobox",
    "aria-haspopup": "listbox",
    "aria-expanded": String(layer.opened() === key),
    "aria-label": picked.length ? `${label}: ${shown}` : label,
    "aria-describedby": describedby,
    disabled: part.disabled || busy,
  };
  const begin = (event) => unfold(event.currentTarget, part, all, values, { key, label, chosen });
  const keydown = (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    begin(event);
  };
  return el("button", { ...props, on: { click: begin, keydown } }, el("span", { class: "value" }, shown), icon("down"));
}

function unfold(button, part, all, before, { key, label, chosen }) {
  if (layer.opened() === key) {
    layer.close();
    return;
  }
  const most = part.max_values ?? 1;
  const least = part.required === false ? 0 : (part.min_values ?? 1);
  let values = [...before];
  const list = new Listbox(label, (item) => {
    if (most === 1) {
      values = values.includes(item.value) && least === 0 ? [] : [item.value];
      layer.close();
      return;
    }
    if (values.includes(item.value)) values = values.filter((value) => value !== item.value);
    else if (values.length < most) values = [...values, item.value];
    show(list.at);
  });
  const show = (at) =>
    list.show(all.map((item) => {
      const checked = values.includes(item.value);
      const mark = checked ? icon("check") : null;
      return { ...item, checked: most > 1 ? String(checked) : undefined, after: mark };
    }), at);
  const closed = () => {
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
    const same = values.length === before.length && values.every((value) => before.includes(value));
    if (!same && values.length >= least) chosen(values);
  };
  if (most > 1) list.node.setAttribute("aria-multiselectable", "true");
  list.serve(list.node);
  list.node.onkeydown = (event) => {
    if (list.key(event)) return;
    if (event.key === "Tab") layer.close();
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    if (list.current) list.pick(list.current);
  };
  list.node.classList.add("wide");
  show(Math.max(0, all.findIndex((item) => before.includes(item.value))));
  layer.open(list.node, { anchor: button }, { key, closed, home: button });
  button.setAttribute("aria-controls", list.id);
  button.setAttribute("aria-expanded", "true");
  list.node.focus();
}

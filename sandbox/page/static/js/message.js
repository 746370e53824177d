// One message of the channel: who, when, what, and what hangs on it.

import { avatar } from "./avatar.js";
import * as deeds from "./deeds.js";
import { el } from "./dom.js";
import { editor } from "./editor.js";
import { embed } from "./embeds.js";
import { card, isPicture } from "./files.js";
import { gallery } from "./gallery.js";
import { icon } from "./icons.js";
import { plainly } from "./inline.js";
import { jump } from "./jump.js";
import { markdown } from "./markdown.js";
import * as menu from "./menu.js";
import { about, dots, parts } from "./parts.js";
import { change, state } from "./state.js";
import { hour, when, whole } from "./times.js";

/** The article of a message; `alone` is false where it stands under another of the same author. */
export function message(it, alone) {
  // Whom a bot only names, it does not call.
  const mentioned = (state.person in (it.mentions ?? {}) && !it.author.bot) || (it.reply?.author?.id === state.person && !it.mine);
  const classes = ["message", alone ? "alone" : "compact", it.ephemeral && "ephemeral", mentioned && "mentioned"];
  const props = {
    class: classes.filter(Boolean).join(" "),
    id: `m-${it.id}`,
    key: it.id,
    tabindex: "-1",
    "aria-label": `${it.author.name}, ${when(it.time)}`,
    on: menu.ways(it),
  };
  const shown = state.editing === it.id ? editor(it) : body(it);
  return el("article", props,
    it.reply ? replied(it.reply, it.mentions) : null,
    it.interaction ? used(it.interaction) : null,
    alone ? avatar(it.author) : el("time", { class: "side", "aria-hidden": "true" }, hour(it.time)),
    el("div", { class: "inside" }, alone ? head(it) : null, shown, below(it)),
    toolbar(it));
}

function head(it) {
  return el("div", { class: "head" },
    el("span", { class: `name ${it.author.role ?? ""}` }, it.author.name),
    it.author.bot ? el("span", { class: "badge" }, "APP") : null,
    el("time", { datetime: new Date(it.time * 1000).toISOString(), title: whole(it.time) }, when(it.time)));
}

function body(it) {
  if (it.thinking) return el("div", { class: "thinking" }, dots(), `${it.author.name} is thinking…`);
  const pictures = it.attachments.filter(isPicture);
  const files = it.attachments.filter((file) => !isPicture(file));
  return [
    it.forwarded ? forwarded(it.forwarded) : null,
    it.text ? el("div", { class: `text markdown ${onlyEmoji(it.text) ? "jumbo" : ""}` }, markdown(it.text, about(it)), edited(it)) : null,
    pictures.length ? gallery(it.id, pictures) : null,
    files.map(card),
    it.embeds.map((one) => embed(one, it)),
    it.parts.length ? el("div", { class: "parts" }, parts(it.parts, it)) : null,
    it.text ? null : edited(it),
  ];
}

const onlyEmoji = (text) => /^(?:[\p{Extended_Pictographic}\u200d\ufe0f]\s*){1,27}$/u.test(text);

function edited(it) {
  if (!it.edited || it.author.bot) return null;
  return el("span", { class: "edited", title: whole(it.edited) }, " (edited)");
}

function below(it) {
  const mishap = state.mishaps.get(it.id) ?? (it.failed ? deeds.SILENT : null);
  return [
    mishap ? el("div", { class: "mishap" }, mishap) : null,
    it.reactions.length ? el("div", { class: "reactions" }, it.reactions.map((one) => reaction(it, one))) : null,
    it.ephemeral ? secret(it) : null,
  ];
}

function reaction(it, { emoji, count, mine }) {
  const click = () => deeds.react(it, emoji, mine);
  const label = `${emoji} ${count} ${count === 1 ? "reaction" : "reactions"}`;
  const props = { type: "button", class: "reaction", "aria-pressed": String(mine), "aria-label": label, key: emoji };
  return el("button", { ...props, on: { click } }, el("span", { class: "emoji" }, emoji), el("span", {}, String(count)));
}

function secret(it) {
  const dismiss = () => deeds.remove(it);
  return el("div", { class: "secret" }, icon("eye", 16), "Only you can see this · ",
    el("button", { type: "button", class: "link", on: { click: dismiss } }, "Dismiss message"));
}

function replied({ id, author, text, gone }, mentions) {
  if (gone || !author) return el("div", { class: "above" }, el("span", { class: "gone" }, "Original message was deleted"));
  const said = text ? plainly(text, { mentions }) : "Click to see attachment";
  const click = () => jump(id);
  return el("div", { class: "above" }, avatar(author, "tiny"),
    el("span", { class: "name" }, author.name),
    el("button", { type: "button", class: "quote", "aria-label": `Reply to ${author.name}: ${said}`, on: { click } }, said));
}

function used({ user, name }) {
  const inMenu = state.commands.message.some((one) => one.name === name);
  return el("div", { class: "above" }, avatar(user, "tiny"), el("span", { class: "name" }, user.name), " used ",
    el("span", { class: "mention" }, inMenu ? name : `/${name.replace(/^\//, "")}`));
}

function forwarded(it) {
  return el("div", { class: "forwarded" }, el("div", { class: "small" }, icon("forward", 14), " Forwarded"), body({ ...it, parts: [] }));
}

function toolbar(it) {
  const item = (label, sign, click) =>
    el("button", { type: "button", class: "tool", "aria-label": label, title: label, on: { click } }, icon(sign));
  return el("div", { class: "toolbar", role: "group", "aria-label": "Actions" },
    it.can.react ? item("Add reaction", "smile", (event) => menu.emoji(it, event.currentTarget)) : null,
    it.can.edit ? item("Edit message", "pencil", () => change({ editing: it.id })) : null,
    it.can.reply ? item("Reply to message", "reply", () => menu.reply(it)) : null,
    item("More actions", "more", (event) => menu.open(it, { anchor: event.currentTarget })));
}


/** A command on its way, or one that came to nothing, as a line of the channel. */
export function line(it) {
  const bot = state.world.bot_user;
  const failed = it.state === "failed";
  const user = state.world.people.find((one) => one.id === it.person);
  const label = `${bot.name}, ${when(it.time)}`;
  return el("article", { class: "message alone local", key: it.id, tabindex: "-1", "aria-label": label },
    used({ user, name: it.name }),
    avatar(bot),
    el("div", { class: "inside" }, head({ author: { ...bot, bot: true }, time: it.time }),
      failed ? el("div", { class: "mishap" }, it.error) : el("div", { class: "thinking" }, dots(), "Sending command…"),
      failed ? el("div", { class: "secret" }, icon("eye", 16), "Only you can see this · ",
        el("button", { type: "button", class: "link", on: { click: () => deeds.forget(it.id) } }, "Dismiss message")) : null));
}

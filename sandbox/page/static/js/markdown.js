// Discord's markdown, line by line: headings, quotes, lists, blocks of code and small print.

import { el } from "./dom.js";
import { inline } from "./inline.js";

const LIST = /^( *)([-*]|\d+\.) +(.*)$/;

/** The nodes of a whole text. `about` has the `mentions` of its message and the `message` id. */
export function markdown(text, about = {}) {
  const nodes = [];
  // A block of code is cut out first: nothing in it means anything.
  for (const [at, part] of text.split(/```(?:[a-z0-9_+-]*\n)?([^]*?)\n?```/i).entries()) {
    if (at % 2) nodes.push(el("pre", { tabindex: "0" }, el("code", {}, part)));
    else if (part) nodes.push(...blocks(part.replace(at ? /^\n/ : /^$/, "").replace(/\n$/, "").split("\n"), about));
  }
  return nodes;
}

function blocks(lines, about) {
  const nodes = [];
  let plain = [];
  const settle = () => {
    if (plain.join("").trim()) nodes.push(el("div", { class: "lines" }, inline(plain.join("\n"), about)));
    plain = [];
  };
  for (let at = 0; at < lines.length; ) {
    const [taken, node] = block(lines, at, about);
    if (node) {
      settle();
      nodes.push(node);
    } else plain.push(lines[at]);
    at += taken;
  }
  settle();
  return nodes;
}

/** How many lines belong to the block that begins here, and its node; one line and nothing for a plain line. */
function block(lines, at, about) {
  const line = lines[at];
  const heading = /^(#{1,3}) +(.+)$/.exec(line);
  // Not real headings: a page's outline is not the business of whoever writes a message.
  if (heading) return [1, el("div", { class: `h${heading[1].length}` }, inline(heading[2], about))];
  const small = /^-# +(.+)$/.exec(line);
  if (small) return [1, el("div", { class: "small" }, inline(small[1], about))];
  if (line.startsWith(">>> ")) {
    const rest = [line.slice(4), ...lines.slice(at + 1)];
    return [rest.length, el("blockquote", {}, blocks(rest, about))];
  }
  if (/^> ?/.test(line)) {
    const quoted = run(lines, at, (one) => /^> ?/.test(one)).map((one) => one.replace(/^> ?/, ""));
    return [quoted.length, el("blockquote", {}, blocks(quoted, about))];
  }
  if (LIST.test(line)) {
    const items = run(lines, at, (one) => LIST.test(one));
    return [items.length, list(items, about)];
  }
  return [1, null];
}

function run(lines, from, belongs) {
  let end = from;
  while (end < lines.length && belongs(lines[end])) end += 1;
  return lines.slice(from, end);
}

function list(lines, about) {
  const [, depth, mark] = LIST.exec(lines[0]);
  const node = /\d/.test(mark) ? el("ol", { start: Number.parseInt(mark, 10) }) : el("ul");
  for (let at = 0; at < lines.length; ) {
    const inner = run(lines, at + 1, (one) => LIST.exec(one)[1].length > depth.length);
    const text = LIST.exec(lines[at])[3];
    node.append(el("li", {}, inline(text, about), inner.length ? list(inner, about) : null));
    at += 1 + inner.length;
  }
  return node;
}

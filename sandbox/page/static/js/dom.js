// Makes DOM nodes, and brings old ones up to date in place, so that focus, scroll position and loaded pictures stay.

const SVG = "http://www.w3.org/2000/svg";
const handlers = new WeakMap();
const keys = new WeakMap();

/** A node: el("button", {class: "x", on: {click}, "aria-label": "…"}, "text", other nodes or nothing). */
export function el(tag, props = {}, ...children) {
  return furnish(document.createElement(tag), props, children);
}

/** The same for a node of an SVG picture. */
export function svg(tag, props = {}, ...children) {
  return furnish(document.createElementNS(SVG, tag), props, children);
}

function furnish(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") listen(node, value);
    else if (name === "key") keys.set(node, String(value));
    else if (name === "style") for (const [rule, what] of Object.entries(value)) node.style.setProperty(rule, what);
    else if (name === "prop") Object.assign(node, value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return node;
}

function listen(node, given) {
  for (const name of Object.keys(handlers.get(node) ?? {})) node[`on${name}`] = null;
  for (const [name, does] of Object.entries(given)) node[`on${name}`] = does;
  handlers.set(node, given);
}

/** Make `old` look like `fresh`, keeping as many of its nodes as there are alike; what stands there then. */
function patch(old, fresh) {
  if (!alike(old, fresh)) {
    old.replaceWith(fresh);
    return fresh;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return old;
  }
  attributes(old, fresh);
  listen(old, handlers.get(fresh) ?? {});
  if (!old.hasAttribute("data-own")) fill(old, [...fresh.childNodes]);
  return old;
}

/** Make the children of a node these, keeping those that are there already (by `key`, else by their place). */
export function fill(parent, wanted) {
  const nodes = wanted.flat(Infinity).filter(Boolean);
  const named = new Set(nodes.map((node) => keys.get(node)).filter(Boolean));
  const known = new Map();
  for (const child of [...parent.childNodes]) {
    const key = keys.get(child);
    if (key === undefined) continue;
    if (named.has(key)) known.set(key, child);
    else child.remove();
  }
  let at = parent.firstChild;
  for (const node of nodes) {
    const key = keys.get(node);
    const old = key === undefined ? (at && keys.get(at) === undefined ? at : null) : known.get(key);
    if (!old) {
      parent.insertBefore(node, at);
      continue;
    }
    if (old === at) at = at.nextSibling;
    else parent.insertBefore(old, at);
    patch(old, node);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

function alike(old, fresh) {
  return old.nodeType === fresh.nodeType && old.nodeName === fresh.nodeName && keys.get(old) === keys.get(fresh);
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    // What somebody has folded out stays so; styles are set as the page's security policy allows it.
    if (name !== "style" && name !== "open" && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (name !== "style" && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (old.style.cssText !== fresh.style.cssText) old.style.cssText = fresh.style.cssText;
}

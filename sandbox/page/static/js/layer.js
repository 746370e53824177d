// What floats above the page for a moment: menus, lists of a select. One at a time; the focus goes back where it was.

const EDGE = 8; // pixels kept free around it
let current = null;

/** What is open: the `key` that it was opened with, null for nothing. */
export const opened = () => current?.key ?? null;

/** Float `node` at a place: {anchor: node} below (or above) it, or {x, y}. `closed` is called at its end. */
export function open(node, where, { key = true, closed = () => {}, home = document.activeElement } = {}) {
  close();
  const stage = where.anchor?.closest("dialog") ?? document.getElementById("layers");
  node.classList.add("layer");
  stage.append(node);
  current = { node, key, closed, home };
  position(node, where);
}

/** Put away what floats. The focus goes home, unless it is somewhere else by now. */
export function close() {
  if (!current) return;
  const { node, closed, home } = current;
  const inside = node.contains(document.activeElement);
  current = null;
  node.remove();
  closed();
  if (inside && home?.isConnected) home.focus({ preventScroll: true });
}

/** Keep a node within the window, at its anchor or point. */
export function position(node, { anchor, x, y }) {
  const { width, height } = node.getBoundingClientRect();
  const box = anchor?.getBoundingClientRect();
  const left = box ? box.left : x;
  const below = box ? box.bottom + 4 : y;
  const above = box ? box.top - 4 - height : y - height;
  const top = below + height + EDGE <= innerHeight ? below : above;
  node.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
  node.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
  if (box && node.classList.contains("wide")) node.style.minWidth = `${box.width}px`;
}

/** Clicks elsewhere and Escape close it. */
export function begin() {
  document.addEventListener("pointerdown", (event) => {
    if (current && !current.node.contains(event.target)) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !current) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    close();
  }, true);
  addEventListener("resize", close);
}

// Finds what a person sees, through open shadow roots. Evaluated anew at each call: pages come and go.
const all = (root, css) => {
  const found = [...root.querySelectorAll(css)];
  for (const e of root.querySelectorAll("*")) if (e.shadowRoot) found.push(...all(e.shadowRoot, css));
  return found;
};
const roots = (inside) => inside ? all(document, inside).flatMap((e) => e.shadowRoot ? [e.shadowRoot, e] : [e]) : [document];
const folded = (e) => (e.innerText ?? e.textContent ?? "").replace(/\s+/g, " ").trim();
const visible = (e) => {
  const box = e.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && !e.matches(":disabled") && getComputedStyle(e).visibility !== "hidden";
};
const matches = (c) => roots(c.inside).flatMap((root) => all(root, c.css))
  .filter((e) => (c.hidden || visible(e)) && (!c.text || folded(e) === c.text));
const see = (controls) => controls.findIndex((c) => matches(c).length > 0);
// said is the text of an element, or of what its shadow roots show in its place.
const said = (e) => folded(e) ||
  [...(e.shadowRoot ?? e).children].filter((c) => getComputedStyle(c).display !== "none").map(said).filter(Boolean).join(" ");
const texts = (c) => matches(c).map(said);
const attributes = (c, name) => [...new Set(matches(c))].map((e) => e.getAttribute(name) ?? "");
const click = (c) => { const e = matches(c)[0]; e?.click(); return !!e; };
const focus = (c) => { const e = matches(c)[0]; e?.focus(); e?.select?.(); return !!e; };

// blot hides secrets, lifts the curtain, and returns what shows them again and lets it down; what the page itself has
// changed since stays as it is.
const blot = (secrets) => {
  const undo = [];
  const lift = (style) => {
    if (!style) return; // a document without a look
    const shown = style.getPropertyValue("opacity"), priority = style.getPropertyPriority("opacity");
    style.setProperty("opacity", "1", "important");
    undo.push(() => style.setProperty("opacity", shown, priority));
  };
  const hideText = (n) => {
    const shown = n.data;
    for (const s of secrets) n.data = n.data.replaceAll(s, "•••");
    const hidden = n.data;
    undo.push(() => { if (n.data === hidden) n.data = shown; });
  };
  const hideField = (e) => {
    const shown = e.style.getPropertyValue("-webkit-text-security");
    e.style.setProperty("-webkit-text-security", "disc");
    undo.push(() => e.style.setProperty("-webkit-text-security", shown));
  };
  const hide = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n; n = walker.nextNode()) if (secrets.some((s) => n.data.includes(s))) hideText(n);
    for (const e of root.querySelectorAll("input, textarea")) if (secrets.some((s) => e.value.includes(s))) hideField(e);
    for (const e of root.querySelectorAll("*")) if (e.shadowRoot) hide(e.shadowRoot);
  };
  if (secrets.length) hide(document);
  lift(document.documentElement?.style);
  return () => undo.forEach((f) => f());
};

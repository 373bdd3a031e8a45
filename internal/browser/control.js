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
  return box.width > 0 && box.height > 0 && !e.disabled && getComputedStyle(e).visibility !== "hidden";
};
const matches = (c) => roots(c.inside).flatMap((root) => all(root, c.css))
  .filter((e) => (c.hidden || visible(e)) && (!c.text || folded(e) === c.text));
const see = (controls) => controls.findIndex((c) => matches(c).length > 0);
const text = (c) => { const e = matches(c)[0]; return e ? folded(e) : ""; };
const attributes = (c, name) => [...new Set(matches(c))].map((e) => e.getAttribute(name) ?? "");
const click = (c) => { const e = matches(c)[0]; e?.click(); return !!e; };
const focus = (c) => { const e = matches(c)[0]; e?.focus(); e?.select?.(); return !!e; };
const blot = (secrets) => {
  for (const e of all(document, "input")) {
    if (e.type === "password" || secrets.some((s) => e.value.includes(s))) e.style.setProperty("-webkit-text-security", "disc");
  }
  const hide = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let n = walker.nextNode(); n; n = walker.nextNode())
      for (const s of secrets) if (n.data.includes(s)) n.data = n.data.replaceAll(s, "•••");
    for (const e of root.querySelectorAll("*")) if (e.shadowRoot) hide(e.shadowRoot);
  };
  if (secrets.length) hide(document);
  return true;
};

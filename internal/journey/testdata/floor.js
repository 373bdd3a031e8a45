// Logs somebody in by itself: it acts in the moment in which the page, or a shadow root of it, gets what it waits for.
(button, user, password) => {
  const undrawn = new CSSStyleSheet();
  undrawn.replaceSync("html { opacity: 0 !important }");
  document.adoptedStyleSheets.push(undrawn);

  const shadows = [];
  const find = (roots, css, text) => {
    for (const root of roots) for (const e of root.querySelectorAll(css)) if (!text || e.textContent.trim() === text) return e;
  };
  const submit = (form) => form.querySelector("button[type=submit]").click();
  const fill = (field, text) => { field.value = text; submit(field.form); };
  const steps = [
    [() => find([document], "button, a", button), (e) => e.click()],
    [() => find(shadows, "input[name=uidField]"), (e) => fill(e, user)],
    [() => find(shadows, "input[name=password]"), (e) => fill(e, password)],
    [() => find(shadows, "ak-stage-consent") && find(shadows, "form"), submit],
  ];
  const observer = new MutationObserver(() => {
    for (const [i, [look, act]] of steps.entries()) {
      const found = look();
      if (found) {
        steps.splice(i, 1);
        return act(found);
      }
    }
  });
  const observe = (root) => observer.observe(root, { childList: true, subtree: true });
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = attachShadow.call(this, init);
    shadows.push(root);
    observe(root);
    return root;
  };
  observe(document);
}

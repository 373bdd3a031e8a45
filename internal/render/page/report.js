(function () {
  'use strict';
  const bar = document.querySelector('.filter');
  const words = document.getElementById('filter');
  const said = bar.querySelector('[role=status]');
  const buttons = [...bar.querySelectorAll('button')];
  const rows = [...document.querySelectorAll('.row')].map((row) => ({
    row,
    status: row.dataset.status,
    text: [...row.querySelectorAll('summary .what, .title')].map((e) => e.textContent).join(' ').toLowerCase(),
  }));
  let status = '';

  function show() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const r of rows) {
      r.row.hidden = (status !== '' && r.status !== status) || !wanted.every((w) => r.text.includes(w));
      if (!r.row.hidden) shown++;
    }
    for (const theme of document.querySelectorAll('.theme')) theme.hidden = !theme.querySelector('.row:not([hidden])');
    for (const b of buttons) b.setAttribute('aria-pressed', String(b.dataset.status === status));
    said.textContent = wanted.length || status ? shown + ' of ' + rows.length + ' checks shown, Escape shows all' : '';
  }

  function clear() {
    words.value = status = '';
    show();
  }

  words.addEventListener('input', show);
  for (const b of buttons) b.addEventListener('click', () => { status = b.dataset.status; show(); });
  addEventListener('keydown', (event) => {
    if (event.key === 'Escape') clear();
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target === words) return;
    event.preventDefault();
    words.focus();
    words.select();
  });

  function reveal() {
    const target = document.querySelector(':target');
    const row = target && target.closest('details');
    if (!row) return;
    if (row.hidden) clear();
    row.open = true;
    row.scrollIntoView();
  }
  addEventListener('load', reveal);
  addEventListener('hashchange', reveal);

  let folded = [];
  addEventListener('beforeprint', () => {
    folded = [...document.querySelectorAll('details:not([open])')];
    for (const d of folded) d.open = true;
  });
  addEventListener('afterprint', () => { for (const d of folded) d.open = false; });

  bar.hidden = false;
})();

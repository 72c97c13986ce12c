// The script of a report: theme, and filter and order of the table of VMs. The page says the same without it.
'use strict';
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);

  const themes = ['auto', 'light', 'dark'];
  const button = document.createElement('button');
  button.id = 'theme';
  button.type = 'button';
  const showTheme = (theme) => {
    if (theme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme);
    button.textContent = `Theme: ${theme}`;
  };
  button.addEventListener('click', () => {
    const now = root.getAttribute('data-theme') ?? 'auto';
    showTheme(themes[(themes.indexOf(now) + 1) % themes.length]);
  });
  showTheme('auto');
  document.querySelector('header').append(button);

  const tables = byId('vm-tables');
  if (tables === null) return;
  const form = byId('filter');
  const chunks = [...tables.children].map((element) => {
    const [table] = element.children;
    return { element, caption: table.caption, heads: [...table.tHead.rows[0].cells], body: table.tBodies[0] };
  });
  const all = chunks.flatMap(({ body }) => [...body.rows]);
  const size = chunks[0].body.rows.length;
  const titles = chunks[0].heads.map((head) => head.textContent);
  const columns = {
    wave: titles.indexOf('Wave'),
    target: titles.indexOf('Target'),
    stage: titles.indexOf('Stage'),
  };
  const stages = [...byId('f-stage').options].map((option) => option.value);
  const cellText = (row, index) => row.cells[index].textContent.trim();
  // Texts are read when they are needed first: a large table opens faster.
  const texts = new Map();
  const textOf = (row) => {
    let text = texts.get(row);
    if (text === undefined) texts.set(row, (text = row.textContent.toLowerCase()));
    return text;
  };

  let rows = all;
  const count = (shown) => {
    const number = (value) => value.toLocaleString('en');
    byId('count').textContent = `${number(shown)} of ${number(all.length)} VMs`;
  };

  /** Puts the rows that fit into the tables, in their order. */
  const show = () => {
    const words = byId('q').value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = Object.entries(columns).flatMap(([name, index]) => {
      const value = byId(`f-${name}`)?.value ?? '';
      return value === '' ? [] : [[index, value]];
    });
    const problems = byId('f-problem').checked;
    const fitting = rows.filter(
      (row) =>
        (!problems || row.classList.contains('p')) &&
        chosen.every(([index, value]) => cellText(row, index) === value) &&
        words.every((word) => textOf(row).includes(word)),
    );
    chunks.forEach(({ element, caption, body }, index) => {
      const part = fitting.slice(index * size, (index + 1) * size);
      body.replaceChildren(...part);
      element.hidden = part.length === 0 && index > 0;
      const from = index * size;
      caption.textContent =
        fitting.length <= size ? 'VMs' : `VMs ${from + 1} to ${from + part.length} of ${fitting.length}`;
    });
    count(fitting.length);
  };

  let timer;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(show, 150);
  });
  form.addEventListener('reset', () => setTimeout(show));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    show();
  });
  form.hidden = false;
  count(all.length);

  // A count of the waves shows the VMs that it counts.
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-wave]') : null;
    if (link === null) return;
    form.reset();
    byId('f-wave').value = link.dataset.wave;
    byId('f-stage').value = (link.dataset.stage ?? '').replaceAll('-', ' ');
    // The reset is shown later, with these values.
  });

  const collator = new Intl.Collator('en', { numeric: true });
  const compare = (index, direction) => (a, b) => {
    // What is empty comes last, whatever the order.
    if (a === '' || b === '') return (a === '') - (b === '');
    const order = index === columns.stage ? stages.indexOf(a) - stages.indexOf(b) : collator.compare(a, b);
    return direction * order;
  };
  const sort = (index, direction) => {
    const order = compare(index, direction);
    const keyed = all.map((row) => [cellText(row, index), row]);
    rows = keyed.sort(([a], [b]) => order(a, b)).map(([, row]) => row);
    for (const { heads } of chunks)
      heads.forEach((head, other) => {
        const sorted = direction === 1 ? 'ascending' : 'descending';
        head.setAttribute('aria-sort', other === index ? sorted : 'none');
      });
    show();
  };
  for (const { heads } of chunks)
    heads.forEach((head, index) => {
      const sorter = document.createElement('button');
      sorter.type = 'button';
      sorter.textContent = titles[index];
      head.replaceChildren(sorter);
      head.setAttribute('aria-sort', 'none');
      sorter.addEventListener('click', () => {
        sort(index, head.getAttribute('aria-sort') === 'ascending' ? -1 : 1);
      });
    });
})();

// The style and the script of a report. Both are inside the file, so nothing is loaded from elsewhere.

export const STYLE = `:root{color-scheme:light dark;--ink:light-dark(#1b1b1f,#e9e9ef);--paper:light-dark(#fbfbfd,#17171b);--rule:light-dark(#dcdce3,#3a3a42);--soft:light-dark(#5c5c66,#a5a5b0);--accent:light-dark(#4453c4,#9aa5ff)}
*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;margin:0;display:grid;grid-template-columns:15rem minmax(0,1fr);color:var(--ink);background:var(--paper)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem;border-right:1px solid var(--rule)}nav a{display:block;color:inherit;padding:.1rem 0}nav strong{display:block;margin-top:1rem;color:var(--soft);font-weight:600;font-size:.875rem}
main{padding:1.5rem;min-width:0}section{margin-bottom:3rem}h3{margin:2rem 0 .5rem}.note,figcaption{color:var(--soft);font-size:.875rem}
figure{margin:1rem 0;overflow-x:auto}figure svg{overflow:visible;--plot-background:var(--paper)}.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:0 2rem}
dl{display:flex;flex-wrap:wrap;gap:1rem 2rem}dt{color:var(--soft);font-size:.875rem}dd{margin:0;font-size:1.25rem;font-variant-numeric:tabular-nums}
.scroll{overflow:auto;max-height:36rem}table{border-collapse:collapse;font-size:.875rem}th,td{border-bottom:1px solid var(--rule);padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere;max-width:40rem}
thead{position:sticky;top:0;background:var(--paper)}th button{font:inherit;font-weight:600;border:0;background:none;color:inherit;cursor:pointer;padding:.25rem 0}th[aria-sort=ascending] button::after{content:" ▲"}th[aria-sort=descending] button::after{content:" ▼"}
input,.tools button,details button{font:inherit;color:inherit;background:transparent;border:1px solid var(--rule);border-radius:4px;padding:.15rem .5rem}.filter{width:100%;min-width:3rem}.tools{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.5rem 0}
.green{color:light-dark(#18794e,#4cc38a)}.orange{color:light-dark(#ad5700,#ffa01c)}.red{color:light-dark(#c62a2f,#ff9592)}tr.error td{background:light-dark(#ffe5e5,#4a1f22)}tr.warning td{background:light-dark(#fff1d6,#453212)}tr.gap td{background:light-dark(#ffefd6,#40300f)}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media(max-width:48rem){body{display:block}nav{position:static;height:auto;border:0}}@media print{nav,.tools,.filters{display:none}body{display:block}.scroll{max-height:none}}`

export const SCRIPT = `(() => {
  const PAGE = 200, CELL = 300;
  const collator = new Intl.Collator(undefined, { numeric: true });
  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).json();
  };
  const csv = (value) => '"' + String(value).replaceAll('"', '""') + '"';
  const save = (name, parts, type) => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(parts, { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };
  for (const box of document.querySelectorAll('.table')) {
    const find = (selector) => box.querySelector(selector);
    const body = find('tbody'), heads = [...box.querySelectorAll('th')], packed = find('script');
    const search = find('.search'), filters = [...box.querySelectorAll('.filter')];
    const own = [...body.rows].map((row) => [...row.cells].map((cell) => cell.title || cell.textContent));
    const shown = new Map(own.map((cells, index) => [cells, body.rows[index]]));
    let loading, found = own, page = 0, column = -1, direction = 1;
    const load = () => (loading ??= packed ? unpack(packed.textContent) : Promise.resolve(own));
    const rowOf = (cells) => {
      const known = shown.get(cells);
      if (known) return known;
      const row = document.createElement('tr');
      for (const value of cells) {
        const cell = row.insertCell();
        cell.textContent = value.length > CELL ? value.slice(0, CELL) + '…' : value;
        if (value.length > CELL) cell.title = value;
      }
      return row;
    };
    const draw = () => {
      body.replaceChildren(...found.slice(page * PAGE, (page + 1) * PAGE).map(rowOf));
      const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
      find('.count').textContent = found.length + (found.length === 1 ? ' row' : ' rows') + (last > 0 ? ', page ' + (page + 1) + ' of ' + (last + 1) : '');
      find('.back').hidden = page === 0;
      find('.next').hidden = page >= last;
    };
    const select = async () => {
      const rows = await load();
      const words = search.value.toLowerCase(), each = filters.map((input) => input.value.toLowerCase());
      found = rows.filter((cells) => (!words || cells.some((value) => value.toLowerCase().includes(words))) && each.every((word, i) => !word || cells[i].toLowerCase().includes(word)));
      if (column >= 0) found.sort((a, b) => direction * collator.compare(a[column], b[column]));
      page = 0;
      draw();
    };
    for (const input of [search, ...filters]) input.addEventListener('input', select);
    heads.forEach((head, index) => head.firstElementChild.addEventListener('click', () => {
      direction = column === index ? -direction : 1;
      column = index;
      for (const other of heads) other.removeAttribute('aria-sort');
      head.setAttribute('aria-sort', direction > 0 ? 'ascending' : 'descending');
      select();
    }));
    const turn = async (by) => { if (found === own) found = await load(); page += by; draw(); };
    find('.next').addEventListener('click', () => turn(1));
    find('.back').addEventListener('click', () => turn(-1));
    find('.csv').addEventListener('click', async () => {
      const rows = found === own ? await load() : found;
      const lines = [heads.map((head) => csv(head.textContent)), ...rows.map((cells) => cells.map(csv))].map((line) => line.join(','));
      save((box.dataset.name ?? 'table') + '.csv', [lines.join('\\r\\n') + '\\r\\n'], 'text/csv');
    });
  }
  for (const button of document.querySelectorAll('[data-download]')) {
    button.addEventListener('click', () => {
      const text = document.getElementById(button.dataset.download).textContent;
      save(button.dataset.name, [Uint8Array.from(atob(text), (char) => char.charCodeAt(0))], 'application/octet-stream');
    });
  }
})()`

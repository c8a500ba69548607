// What an operator expects of the inspector, each as one check. They run in this order on one page, 1280 px wide.
import assert from 'node:assert/strict';
import { until } from './browser.mjs';
import { HOSTILE } from './mock_actors.mjs';
import { Guest } from './guest.mjs';
import { startMockAdmin } from './mock_admin.mjs';

/** The node answers. */
export const live = (page) => until(page, 'the node answers', () => window.towncrier?.phase === 'live' && window.towncrier.nodes.length > 0);

/** Gives the token where one is asked for. */
export async function admit(page, token) {
  if (!token) return;
  await until(page, 'a token is asked for', () => document.getElementById('gate').open);
  await page.fill('#token', token);
  await page.keyboard.press('Enter');
}

const go = (page, hash) => page.evaluate((x) => (location.hash = x), hash);
const rows = (page) => page.$$eval('#actor-grid .row', (xs) => xs.filter((x) => x.checkVisibility()).map((x) => ({
  kind: x.querySelector('.kind').textContent, label: x.querySelector('.label').textContent, expanded: x.getAttribute('aria-expanded'), level: x.getAttribute('aria-level'),
})));
const shown = (page, what, question, argument) => until(page, what, question, argument, 20_000);
/** Finds the first actor of a kind, as the API tells of it. */
const find = (page, query) => page.evaluate(async (x) => {
  const headers = { authorization: `Bearer ${sessionStorage.getItem('towncrier.token') ?? ''}` };
  return (await (await fetch(`/api/v1/actors?${new URLSearchParams(x)}`, { headers })).json()).actors[0];
}, query);
const toActor = async (page, query) => {
  const x = await find(page, query);
  assert.ok(x, `there is no ${JSON.stringify(query)}`);
  await go(page, `#/actors/${x.node}/${x.id}`);
  await shown(page, 'the actor is shown', (id) => document.querySelector('#details p.faint')?.textContent.startsWith(`actor ${id} on`), x.id);
  return x;
};
const press = (page, name) => page.click(`#details .acts button:text-is("${name}")`);
const said = (page, name) => page.$$eval('#details .state dt', (xs, x) => xs.find((y) => y.textContent === x)?.nextElementSibling?.textContent ?? '', name);
const unharmed = async (page) => {
  assert.equal(await page.evaluate(() => window.hacked), undefined, 'a name became a script');
  assert.deepEqual(await page.$$eval('img, main script, iframe, object', (xs) => xs.map((x) => x.outerHTML)), []);
};

export const checks = {
  async 'a token is asked for, and kept for this tab alone'({ page, token, forgive, shot }) {
    forgive((words) => /status of 401/.test(words));
    if (token) {
      await until(page, 'a token is asked for', () => document.getElementById('gate').open);
      await shot('gate');
      await page.fill('#token', 'no such token');
      await page.keyboard.press('Enter');
      await shown(page, 'the token is refused', () => document.getElementById('gate').open && /not valid/.test(document.getElementById('gate-reason').textContent));
      assert.match(await page.textContent('#trouble-words'), /refuses/);
      await page.fill('#token', token);
      await page.keyboard.press('Enter');
    }
    await live(page);
    await page.reload();
    await live(page);
    const kept = await page.evaluate(() => ({ here: sessionStorage.getItem('towncrier.token'), there: JSON.stringify(localStorage), cookies: document.cookie, address: location.href }));
    assert.equal(kept.here, token || null);
    if (token) assert.ok(![kept.there, kept.cookies, kept.address].some((x) => x.includes(token)), 'the token is kept elsewhere');
    assert.ok(await page.isHidden('#trouble'));
    forgive(() => false);
  },

  async 'the cluster shows its nodes and how they are'({ page, shot }) {
    await go(page, '#/cluster');
    const nodes = await page.evaluate(() => window.towncrier.nodes.length);
    await shown(page, 'a rate is known', () => /\d/.test(document.getElementById('meter-handled').textContent));
    assert.equal((await page.$$('#cluster-map .node-card')).length, nodes);
    const health = await page.$$eval('#nodes-table tbody tr', (xs) => xs.map((x) => x.querySelector('.chip').textContent));
    assert.deepEqual(health, Array(nodes).fill('● up'));
    assert.match(await page.textContent('#meter-actors'), /^[\d,.k]+$/);
    await shot('cluster');
  },

  async 'a node that is silent is said to be so, with its link'({ page, mock, shot }) {
    if (!mock) return;
    mock.gone.add('town2');
    await shown(page, 'the silence is shown', () => document.querySelector('#nodes-table')?.textContent.includes('? silent'));
    await shown(page, 'the link is down', () => document.querySelector('#links-table')?.textContent.includes('breaker open'));
    await shot('silent');
    assert.equal(await page.$('a[href^="javascript"]'), null);
    mock.gone.delete('town2');
    await shown(page, 'it is back', () => !document.querySelector('#nodes-table').textContent.includes('silent'));
  },

  async 'the tree shows who spawned whom, by the keyboard'({ page, shot }) {
    await go(page, '#/actors');
    await shown(page, 'the tree is there', () => document.querySelectorAll('#actor-grid .row').length > 8);
    await shown(page, 'its size is said', () => /\d actors? on /.test(document.getElementById('actor-foot').textContent));
    await page.focus('#actor-grid');
    const before = await rows(page);
    const closed = before.findIndex((x) => x.kind === 'character_directory');
    assert.ok(closed >= 0 && before[closed].expanded === 'false', 'the directory is not a closed branch');
    await page.keyboard.press('Home');
    for (let i = 0; i < closed; i++) await page.keyboard.press('ArrowDown');
    // The order may have changed meanwhile: the active line keeps its actor, and says which it is.
    const active = await page.$eval('#actor-grid .row.active .kind', (x) => x.textContent);
    if (active !== 'character_directory') await page.click('#actor-grid .row:has(.kind:text-is("character_directory")) .toggle');
    else await page.keyboard.press('ArrowRight');
    await shown(page, 'it opens', () => [...document.querySelectorAll('#actor-grid .row[aria-level="2"]')].some((x) => x.checkVisibility()));
    await shot('tree');
    await page.keyboard.press('End');
    await page.waitForTimeout(200);
    assert.ok((await page.$$('#actor-grid .row')).length < 120, 'more rows exist than can be seen');
  },

  async 'more of a branch is fetched when it is asked for'({ page }) {
    const more = () => page.evaluate(() => [...document.querySelectorAll('#actor-grid .row[data-type="more"]')].filter((x) => x.checkVisibility()).map((x) => Number(x.textContent.replace(/\D/g, '')))[0]);
    for (let i = 0; i < 40 && !(await more()); i++) await page.$eval('#actor-grid', (x) => x.scrollBy(0, 400)).then(() => page.waitForTimeout(60));
    const left = await more();
    assert.ok(left > 0, 'nothing is left to ask for');
    await page.click('#actor-grid .row[data-type="more"]:visible');
    await shown(page, 'there are fewer left', (n) => {
      const line = [...document.querySelectorAll('#actor-grid .row[data-type="more"]')].find((x) => x.checkVisibility());
      return !line || Number(line.textContent.replace(/\D/g, '')) < n;
    }, left);
  },

  async 'filter, kind and order choose what is listed'({ page, shot }) {
    await go(page, '#/actors');
    await page.click('[data-mode="top"]');
    await page.selectOption('#actor-sort', 'handled');
    await shown(page, 'the busiest are listed', () => /The first \d+ by messages handled/.test(document.getElementById('actor-foot').textContent));
    await shot('top');
    await page.selectOption('#actor-kind', 'hub');
    await shown(page, 'only hubs are listed', () => {
      const kinds = [...document.querySelectorAll('#actor-grid .row')].filter((x) => x.checkVisibility()).map((x) => x.querySelector('.kind').textContent);
      return kinds.length > 0 && kinds.every((x) => x === 'hub');
    });
    assert.match(await page.evaluate(() => location.hash), /mode=top.*kind=hub.*sort=handled/);
    await page.click('[data-mode="ended"]');
    await shown(page, 'the ended are listed', () => /ended/.test(document.getElementById('actor-foot').textContent));
  },

  async 'a name that a client chose is a text and nothing else'({ page, mock, guest, shot }) {
    if (!mock && !guest) return;
    await go(page, '#/actors');
    await page.fill('#actor-text', '<IMG');
    await shown(page, 'it is found', (name) => [...document.querySelectorAll('#actor-grid .label')].some((x) => x.textContent === name), HOSTILE);
    await unharmed(page);
    await page.click(`#actor-grid .row:has(.label:text-is("${HOSTILE.replace(/["\\]/g, '\\$&')}"))`);
    await shown(page, 'the actor is shown', (name) => document.querySelector('#details h2')?.textContent === `character_publisher ${name}`, HOSTILE);
    await shown(page, 'its state is shown', () => document.querySelectorAll('#details .state dt').length > 2);
    await shot('hostile');
    await unharmed(page);
    await press(page, 'Pause');
    assert.ok((await page.textContent('#confirm-question')).includes(HOSTILE));
    await page.click('#confirm-no');
    await unharmed(page);
    await page.fill('#actor-text', '');
  },

  async 'an actor is shown live'({ page, shot }) {
    await toActor(page, { kind: 'batcher' });
    const handled = () => page.$$eval('#details .facts dt', (xs) => xs.find((x) => x.textContent === 'handled').nextElementSibling.textContent);
    const before = await handled();
    await shown(page, 'it counts on', (x) => [...document.querySelectorAll('#details .facts dt')].find((y) => y.textContent === 'handled').nextElementSibling.textContent !== x, before);
    await shown(page, 'a line is drawn', () => (document.querySelector('#details .spark:nth-child(2) polyline')?.getAttribute('points') ?? '').split(' ').length > 1);
    await shot('details');
    const child = await find(page, { kind: 'character_publisher', limit: '1' });
    await toActor(page, { kind: 'character_publisher' });
    await page.click(`#details .family a:text-is("actor ${child.parent}")`);
    await shown(page, 'its parent is shown', (id) => document.querySelector('#details p.faint').textContent.startsWith(`actor ${id} on`), child.parent);
    await page.focus('#details');
    await page.keyboard.press('Escape');
    assert.ok(await page.isHidden('#details'));
  },

  async 'an act is asked about before it is done'({ page, mock, guest }) {
    if (!mock && !guest) return;
    await toActor(page, { kind: 'character_publisher', text: guest ? '<img' : 'character-0' });
    await press(page, 'Pause');
    await page.keyboard.press('Escape');
    assert.deepEqual(mock?.acts ?? [], []);
    if (guest) assert.equal(await said(page, 'paused'), 'no');
    await press(page, 'Pause');
    await page.click('#confirm-yes');
    await shown(page, 'the question is gone', () => !document.getElementById('confirm').open);
    if (mock) assert.deepEqual(mock.acts, [{ action: 'pause', character: 'character-0', node: 'town1' }]);
    if (!guest) return;
    await shown(page, 'it is paused', () => [...document.querySelectorAll('#details .state dt')].find((x) => x.textContent === 'paused')?.nextElementSibling.textContent === 'yes');
    await press(page, 'Resume');
    await page.click('#confirm-yes');
    await shown(page, 'it goes on', () => [...document.querySelectorAll('#details .state dt')].find((x) => x.textContent === 'paused')?.nextElementSibling.textContent === 'no');
  },

  async 'an act that fails says why'({ page, mock, guest, forgive, shot }) {
    if (!mock && !guest) return;
    forgive((words) => /status of (409|404)/.test(words));
    const second = guest && (await Guest.enter(process.env.TOWNCRIER_CLIENTS, 'second'));
    await toActor(page, second ? { kind: 'connection', label: second.connection } : { kind: 'character_publisher', text: '<img' });
    await press(page, second ? 'Close' : 'Restart');
    if (second) {
      second.leave();
      await second.closed;
      await until(page, 'the connection is forgotten', async (label) => {
        const headers = { authorization: `Bearer ${sessionStorage.getItem('towncrier.token') ?? ''}` };
        return !(await (await fetch('/api/v1/connections', { headers })).json()).some((x) => x.id === label);
      }, second.connection);
    }
    await page.click('#confirm-yes');
    await shown(page, 'the reason is shown', () => !document.getElementById('confirm-error').hidden);
    assert.match(await page.textContent('#confirm-error'), second ? /no connection c\d+ is there/ : /nobody knows it/);
    await shot('refused');
    await page.click('#confirm-no');
    await shown(page, 'what was the matter is shown', (second) => !second || /Not up to date: no actor/.test(document.querySelector('#details .notice-line').textContent), Boolean(second));
    forgive(() => false);
  },

  async 'a connection says why it saw a change or did not, and can be closed'({ page, mock, guest, forgive }) {
    if (!mock && !guest) return;
    await toActor(page, { kind: 'connection', label: guest?.connection ?? 'c1' });
    await page.fill('#details .why input', guest ? guest.name : 'character-1');
    await page.keyboard.press('Enter');
    await shown(page, 'the reason is shown', () => /\w/.test(document.querySelector('#details .why .answer').textContent));
    assert.match(await page.textContent('#details .why .answer'), guest ? /last change|flush|latest state/ : /outside the area/);
    await unharmed(page);
    if (mock) return;
    const third = await Guest.enter(process.env.TOWNCRIER_CLIENTS, 'third');
    await toActor(page, { kind: 'connection', label: third.connection });
    forgive((words) => /status of 404/.test(words));
    await press(page, 'Close');
    await page.click('#confirm-yes');
    assert.equal(await third.closed, 1008);
    third.leave();
    await shown(page, 'it is said to be gone', () => /Not up to date: no actor/.test(document.querySelector('#details .notice-line').textContent));
    forgive(() => false);
  },

  async 'a trace shows the way of a message'({ page, mock, guest, shot, report }) {
    const traced = await page.evaluate(async () => {
      const headers = { authorization: `Bearer ${sessionStorage.getItem('towncrier.token') ?? ''}` };
      return (await fetch('/api/v1/traces', { headers })).ok;
    }).catch(() => false);
    if (!traced) return report('this node knows no traces');
    if (!mock && !guest) return;
    const subject = guest ? guest.name : 'character-0';
    await toActor(page, { kind: 'character_publisher', text: guest ? '<img' : subject });
    await press(page, 'Trace');
    assert.equal(await page.inputValue('#trace-id'), subject);
    await page.click('#trace-form button');
    await shown(page, 'a message is there', () => document.querySelectorAll('#trace .lane').length > 2);
    await shown(page, 'it is complete', () => document.querySelector('#trace .chip').textContent === 'complete');
    assert.match(await page.textContent('#trace .counts'), /\d+ written/);
    const lanes = await page.$$eval('#trace .lane', (xs) => xs.map((x) => x.textContent));
    assert.ok(lanes.some((x) => x.includes('batcher')), lanes.join('\n'));
    assert.equal((await page.$$('#trace .lane.slowest')).length, 1);
    assert.ok((await page.$$('#trace .lane .ms.kept')).length >= 1, 'what was kept is not told');
    if (mock) for (const word of ['conflated', 'filtered', 'outside its area', 'dropped', 'held']) assert.ok(lanes.some((x) => x.includes(word)), word);
    const bars = await page.$$eval('#trace .bar-work', (xs) => xs.map((x) => x.getBoundingClientRect()).filter((x) => x.width >= 2).length);
    assert.ok(bars >= lanes.length, 'there are lanes without a bar');
    await unharmed(page);
    await shot('trace');
  },

  async 'every control has a name'({ page }) {
    for (const view of ['cluster', 'actors', 'traces']) {
      await go(page, `#/${view}`);
      await page.waitForTimeout(300);
      const nameless = await page.$$eval('button, input, select, a, summary, [tabindex]', (xs) => xs
        .filter((x) => x.checkVisibility() && !(x.getAttribute('aria-label') || x.textContent.trim() || x.labels?.length)).map((x) => x.outerHTML));
      assert.deepEqual(nameless, []);
    }
  },

  async 'a node that does not answer is said to, and nothing is blanked'({ page, wire, forgive, shot }) {
    forgive((words) => /ERR_|Failed to fetch|status of 50/.test(words));
    await go(page, '#/actors');
    await shown(page, 'the tree is there', () => document.querySelectorAll('#actor-grid .row').length > 8);
    wire.cut();
    await shown(page, 'the loss is noticed', () => window.towncrier.phase === 'offline' && !document.getElementById('trouble').hidden);
    assert.match(await page.textContent('#trouble'), /does not answer.*What you see is \d+ s old/s);
    assert.ok((await rows(page)).length > 8, 'the tree is gone');
    await shot('lost');
    wire.mend();
    await until(page, 'it answers again', () => window.towncrier.phase === 'live' && document.getElementById('trouble').hidden, undefined, 40_000);
    forgive(() => false);
  },

  async 'the role is told from the token'({ browser, forgive }) {
    // Where the page would do anything but say so, it would be seen here.
    const mock = await startMockAdmin({ nodes: 1, token: 'operator' });
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      await page.goto(`${mock.url}#token=viewer`);
      await until(page, 'the refusal is shown', () => document.getElementById('gate').open && /this takes the role operator/.test(document.getElementById('gate-reason').textContent));
      assert.ok(!page.url().includes('viewer'), 'the token stands in the address');
      assert.match(await page.textContent('#status-text'), /Not admitted/);
    } finally {
      await context.close();
      await mock.stop();
      forgive(() => false);
    }
  },

  async 'eight nodes have a map that can be read'({ browser, report }) {
    const mock = await startMockAdmin({ nodes: 8, connections: 10, characters: 10 });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const seen = () => page.evaluate(() => {
      const box = (x) => x.getBoundingClientRect();
      const words = [...document.querySelectorAll('.link-label')].filter((x) => x.checkVisibility());
      const lines = [...document.querySelectorAll('.cluster-map line')];
      const all = [...document.querySelectorAll('.node-card'), ...words].map(box);
      const meet = (p, q) => p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom;
      return {
        lines: lines.length, bad: lines.filter((x) => x.dataset.tone === 'bad').length, quiet: lines.filter((x) => x.classList.contains('quiet')).length,
        pairs: words.map((x) => x.dataset.pair), covered: all.some((p, i) => all.slice(0, i).some((q) => meet(p, q))),
        note: document.getElementById('cluster-note').textContent, rows: document.querySelectorAll('#links-table tbody tr').length,
      };
    });
    const page = await context.newPage();
    try {
      await page.goto(`${mock.url}#/cluster`);
      await until(page, 'rates are known', () => [...document.querySelectorAll('.link-label')].some((x) => x.textContent.includes('kB/s')));
      const calm = await seen();
      assert.deepEqual([calm.lines, calm.quiet, calm.bad, calm.rows, calm.covered], [28, 21, 0, 28, false]);
      assert.equal(calm.pairs.length, 7);
      assert.ok(calm.pairs.every((x) => x.includes('town1')), calm.pairs.join());
      assert.match(calm.note, /28 links: all of them live/);
      await page.hover('.node-card:has(.name:text-is("town3"))');
      const pointed = await seen();
      assert.ok(pointed.pairs.length >= 5 && pointed.pairs.every((x) => x.includes('town3')) && !pointed.covered, pointed.pairs.join());
      await page.mouse.move(5, 5);
      mock.gone.add('town5');
      await until(page, 'the loss is noticed', () => document.querySelectorAll('.cluster-map line[data-tone="bad"]').length === 7);
      const lost = await seen();
      assert.match(lost.note, /28 links: 21 live, 7 in trouble/);
      assert.ok(!lost.covered);
      report(`words on ${calm.pairs.length} links, on ${lost.pairs.length} while one node is silent`);
    } finally {
      await context.close();
      await mock.stop();
    }
  },

  async '100,000 actors do not hurt the browser'({ browser, report }) {
    const mock = await startMockAdmin({ nodes: 1, connections: 40_000, characters: 60_000 });
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    try {
      const page = await context.newPage();
      await page.goto(`${mock.url}#/actors`);
      await until(page, 'the tree is there', () => document.querySelectorAll('#actor-grid .row').length > 8);
      for (const kind of ['character_directory', 'hub']) await page.click(`#actor-grid .row[aria-expanded="false"]:has(.kind:text-is("${kind}")) .toggle`);
      await until(page, 'branches are open', () => document.querySelectorAll('#actor-grid .row[aria-level="2"]').length > 8);
      const seen = await page.evaluate(async () => {
        const gaps = [];
        let last = performance.now();
        const grid = document.getElementById('actor-grid');
        for (const end = last + 4_000; last < end;) {
          grid.scrollTop = grid.scrollTop ? 0 : 300;
          await new Promise(requestAnimationFrame);
          gaps.push(performance.now() - last);
          last = performance.now();
        }
        return { longest: Math.max(...gaps), frames: gaps.length, rows: document.querySelectorAll('#actor-grid .row').length, elements: document.querySelectorAll('*').length };
      });
      report(`100,014 actors: ${seen.elements} elements, ${(seen.frames / 4).toFixed(0)} frames/s, the longest ${seen.longest.toFixed(0)} ms`);
      assert.ok(seen.elements < 2_000, `${seen.elements} elements`);
      assert.ok(seen.longest < 500, `a frame of ${seen.longest} ms`);
    } finally {
      await context.close();
      await mock.stop();
    }
  },
};

/** Whether everything has its place in a window of this size. */
export async function checkLayout(page, view) {
  const faults = await page.evaluate(() => {
    const out = [];
    if (document.documentElement.scrollWidth > innerWidth) out.push(`${document.documentElement.scrollWidth - innerWidth} px too wide`);
    if (document.documentElement.scrollHeight > innerHeight) out.push('the page scrolls');
    const box = (x) => x.getBoundingClientRect();
    const all = ['.brand', '.views', '.meters', '#status', '#theme', '#cluster-map .node-card', '#nodes-table tbody tr', '#links-table tbody tr', '#actor-tools > *', '#actor-grid', '#details > *', '#trace-form > *', '#trace .lane', '#trace summary'];
    for (const x of document.querySelectorAll(all.join(','))) {
      if (!x.checkVisibility()) continue;
      const b = box(x);
      if (b.left < -0.5 || b.right > innerWidth + 0.5) out.push(`${x.id || x.className || x.tagName} is cut off`);
      if (b.width > 0 && x.scrollWidth > x.clientWidth + 1 && getComputedStyle(x).overflowX === 'visible') out.push(`${x.id || x.className || x.tagName} runs over by ${x.scrollWidth - x.clientWidth} px`);
    }
    const bar = [...document.querySelectorAll('.brand, .views, .meters, #status, #theme')].map(box);
    for (let i = 0; i < bar.length; i++) {
      for (let j = 0; j < i; j++) {
        const [p, q] = [bar[i], bar[j]];
        if (p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom) out.push('the bar is crowded');
      }
    }
    return out;
  });
  assert.deepEqual(faults, [], view);
}

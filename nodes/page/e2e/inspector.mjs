// Looks at the inspector of a node as an operator would, in a real browser.
//   npm run e2e:inspector -- http://127.0.0.1:8766/inspector
// Without an address it starts a mock node. TOWNCRIER_CLIENTS names the address for clients of a real node (ws://...),
// TOWNCRIER_TOKEN the token that the node asks for, TOWNCRIER_SHOTS a folder for screenshots (e2e/shots by default).
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, open, until } from './browser.mjs';
import { admit, checks, checkLayout, live } from './inspector_checks.mjs';
import { HOSTILE } from './mock_actors.mjs';
import { startMockAdmin } from './mock_admin.mjs';
import { Guest } from './guest.mjs';
import { check, conclude } from './tally.mjs';
import { layWire } from './wire.mjs';

const SHOTS = process.env.TOWNCRIER_SHOTS ?? join(dirname(fileURLToPath(import.meta.url)), 'shots');
const SIZES = [[1280, 800], [390, 844]];

const given = process.argv[2] ?? process.env.TOWNCRIER_URL;
const token = given ? process.env.TOWNCRIER_TOKEN ?? '' : 'mock secret';
const mock = given ? undefined : await startMockAdmin({ token });
const target = new URL(given ?? mock.url);
const wire = await layWire(target.hostname, Number(target.port || 80));
const url = `http://127.0.0.1:${wire.port}/inspector`;
const guest = given && process.env.TOWNCRIER_CLIENTS ? await Guest.enter(process.env.TOWNCRIER_CLIENTS, HOSTILE) : undefined;
const browser = await launch();
mkdirSync(SHOTS, { recursive: true });

async function behaviour() {
  const { page, context, complaints, forgive } = await open(browser, url, { width: 1280, height: 800 });
  const shot = (name) => page.screenshot({ path: join(SHOTS, `inspector-${name}.png`) });
  const report = (words) => console.log(`        ${words}`);
  for (const [name, run] of Object.entries(checks)) {
    await check(name, () => run({ page, wire, forgive, shot, report, mock, guest, token, url, browser }));
  }
  await check('nothing was complained of: no error, no policy violation', async () => {
    if (complaints.length) throw new Error(complaints.join(' | '));
  });
  await context.close();
}

/** Each view in a window of this size. */
async function layout(width, height, scheme) {
  const { page, context, complaints, forgive } = await open(browser, url, { width, height, scheme, touch: width < 600 });
  try {
    forgive((words) => /status of 401/.test(words));
    await admit(page, token);
    await live(page);
    const views = await page.evaluate(async () => {
      const headers = { authorization: `Bearer ${sessionStorage.getItem('towncrier.token') ?? ''}` };
      const actors = (await (await fetch('/api/v1/actors?kind=connection&limit=1', { headers })).json()).actors;
      const all = (await (await fetch('/api/v1/actors?limit=3', { headers })).json()).actors;
      const one = actors[0] ?? all[0];
      return { cluster: '#/cluster', tree: '#/actors', top: '#/actors?mode=top', ended: '#/actors?mode=ended', details: `#/actors/${one.node}/${one.id}`, traces: '#/traces' };
    });
    for (const [name, hash] of Object.entries(views)) {
      await page.evaluate((x) => (location.hash = x), hash);
      await page.waitForTimeout(name === 'cluster' || name === 'details' ? 3_000 : 1_200);
      await page.screenshot({ path: join(SHOTS, `inspector-${width}-${scheme}-${name}.png`) });
      await checkLayout(page, name);
    }
    // A trace that was followed before is looked at as well.
    const traced = await page.evaluate(() => location.hash === '#/traces' && document.querySelector('#trace-rows button') !== null);
    if (traced) {
      await page.click('#trace-rows button');
      await until(page, 'the trace is shown', () => document.querySelectorAll('#trace .lane').length > 0);
      await page.screenshot({ path: join(SHOTS, `inspector-${width}-${scheme}-trace.png`) });
      await checkLayout(page, 'trace');
    }
    if (complaints.length) throw new Error(complaints.join(' | '));
  } finally {
    await context.close();
  }
}

try {
  await behaviour();
  for (const scheme of ['light', 'dark']) {
    for (const [width, height] of SIZES) await check(`layout at ${width} px, ${scheme}`, () => layout(width, height, scheme));
  }
} finally {
  await browser.close();
  await wire.stop();
  guest?.leave();
  await mock?.stop();
}
conclude();

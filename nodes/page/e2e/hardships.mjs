// What the page makes of what is not as it should be, each against a mock node that does it, in a real browser.
//   node e2e/hardships.mjs
// TOWNCRIER_SHOTS names a folder for screenshots (e2e/shots by default).
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, open, ready, until } from './browser.mjs';
import { startMock } from './mock_node.mjs';
import { makeTown } from './mock_town.mjs';
import { check, conclude } from './tally.mjs';

const SHOTS = process.env.TOWNCRIER_SHOTS ?? join(dirname(fileURLToPath(import.meta.url)), 'shots');
const WIDE = { width: 1280, height: 800 };
const browser = await launch();
mkdirSync(SHOTS, { recursive: true });

/** Opens the page of a mock node for `run`, which is given the page and the mock. */
async function on(options, run, how = WIDE) {
  const mock = await startMock({ population: 60, ...options });
  const { page, context, complaints } = await open(browser, mock.url, how);
  try {
    await run(page, mock);
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
    await mock.stop();
  }
}

const noticed = (page, what, pattern) => until(page, what, (p) => {
  const x = document.getElementById('notice');
  return !x.hidden && new RegExp(p).test(x.textContent);
}, pattern, 40_000);

/** What is said stands within the window and does not lie on the buttons. */
async function fits(page) {
  const faults = await page.evaluate(() => {
    const box = (s) => document.querySelector(s).getBoundingClientRect();
    const n = box('#notice');
    const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
    return [
      n.left < 0 || n.right > innerWidth ? 'the notice is cut off' : '',
      document.documentElement.scrollWidth > innerWidth ? 'the page is too wide' : '',
      ...['.zoom', '.legend'].map((x) => (apart(n, box(x)) ? '' : `the notice lies on ${x}`)),
      ...['#theme', '#status'].map((x) => (box(x).right > innerWidth + 0.5 ? `${x} is cut off` : '')),
      box('#status').top > box('.brand').bottom ? 'the status has no room in its row' : '',
    ].filter(Boolean);
  });
  assert.deepEqual(faults, []);
}

/** Takes a screenshot of the page as it is, wide and narrow. */
async function shots(page, name) {
  await page.screenshot({ path: join(SHOTS, `${name}-1280.png`) });
  await fits(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(1_200);
  await page.screenshot({ path: join(SHOTS, `${name}-390.png`) });
  await fits(page);
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function refused(page) {
  await noticed(page, 'it says why it waits', 'asks again in \\d+ s.*more than 2 messages');
  await shots(page, 'refused');
  await until(page, 'all are shown', () => window.towncrier.characters === 60);
  await until(page, 'nothing is said any more', () => document.getElementById('notice').hidden);
}

/** A node that refuses the first `subscribe` of a connection for three seconds. */
function stingy() {
  let asked = 0;
  return (x, send) => {
    if (x.type !== 'subscribe' || (asked += 1) > 1) return false;
    send('error', { code: 1003, message: 'more than 2 messages in 3 seconds; slow down', id: x.id, retry_after: 3 }, x.id);
    return true;
  };
}

/** A town of which some are said to be at these places. */
function withFar(...places) {
  const town = makeTown({ population: 60 - places.length, seed: 3 });
  const far = places.map(([x, y], i) => ({
    type: 'character_update', timestamp: 1, data: { character_id: `far-${i}`, name: `Far ${i}`, state: 'lost', location: 'Nowhere', x, y, epoch: 1, version: 1, timestamp: 1, attributes: {} },
  }));
  return { ...town, snapshot: () => [...far, ...town.snapshot()] };
}

async function seesTheOthers(page) {
  await ready(page);
  await until(page, 'the map rests', () => window.towncrier.characters === 60 && !window.towncrier.view.moving);
  await noticed(page, 'the far ones are counted', '2 characters are too far away');
  const spread = await page.evaluate(() => {
    const map = document.getElementById('map');
    const seen = window.towncrier.sample(60).filter((c) => !c.id.startsWith('far'));
    const within = seen.filter((c) => c.screenX > 0 && c.screenY > 0 && c.screenX < map.clientWidth && c.screenY < map.clientHeight);
    const width = Math.max(...seen.map((c) => c.screenX)) - Math.min(...seen.map((c) => c.screenX));
    return { seen: seen.length, within: within.length, share: width / map.clientWidth };
  });
  assert.equal(spread.within, spread.seen, 'not all of the others are in view');
  assert.ok(spread.share > 0.4, `the others are a dot: ${spread.share}`);
}

const FAR_PLACES = [[1e300, 0], [-1e9, 5e8]];
const cases = {
  'a refused subscription is said, and asked for again': () => on({ instead: stingy() }, refused),

  'one far place does not make a dot of a town that is described': () => on({ town: withFar(...FAR_PLACES) }, async (page) => {
    await seesTheOthers(page);
    await shots(page, 'far');
  }),

  'nor of one that is not': () => on({ town: withFar(...FAR_PLACES), bare: true }, async (page) => {
    await seesTheOthers(page);
    await page.keyboard.press('/');
    await page.keyboard.type('far-1');
    await page.keyboard.press('Enter');
    await until(page, 'the search finds who is far away', () => window.towncrier.selected === 'far-1');
    await until(page, 'and goes there', () => {
      const c = window.towncrier.character('far-1');
      return !window.towncrier.view.moving && Math.abs(c.screenX - document.getElementById('map').clientWidth / 2) < 2;
    });
  }),

  'who is ended for good does not come back by itself, and says so': () => on({}, async (page, mock) => {
    await ready(page);
    mock.close(1008, 'closed by an operator');
    await until(page, 'it says so', () => document.getElementById('farewell').open && window.towncrier.link.phase === 'ended');
    assert.match(await page.textContent('#farewell'), /closed by an operator/);
    await page.evaluate(() => {
      document.dispatchEvent(new Event('visibilitychange'));
      window.dispatchEvent(new Event('online'));
    });
    await page.waitForTimeout(3_000);
    assert.equal(await page.evaluate(() => window.towncrier.link.phase), 'ended');
    await shots(page, 'ended');
    await page.keyboard.press('Escape');
    await noticed(page, 'it is still said', 'ended the connection: closed by an operator');
    assert.equal(await page.textContent('#status-text'), 'Ended');
    await page.evaluate(() => document.getElementById('farewell').showModal());
    await page.click('#farewell button');
    await until(page, 'it is live again', () => window.towncrier.link.phase === 'live' && !document.getElementById('farewell').open);
  }),

  'a long silence is said': () => on({}, async (page, mock) => {
    await ready(page);
    assert.equal(await page.textContent('#status-count'), '');
    mock.rest(true);
    await until(page, 'it is said', () => /^no messages for \d+ s$/.test(document.getElementById('status-count').textContent), undefined, 40_000);
    assert.deepEqual(await page.$eval('#status', (x) => [x.dataset.phase, x.querySelector('#status-text').textContent]), ['quiet', 'Live']);
    await page.screenshot({ path: join(SHOTS, 'quiet-1280.png') });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.waitForTimeout(500);
    await page.screenshot({ path: join(SHOTS, 'quiet-390.png') });
    await fits(page);
    mock.rest(false);
    await until(page, 'it is over', () => document.getElementById('status-count').textContent === '');
  }),
};

try {
  for (const [name, run] of Object.entries(cases)) await check(name, run);
} finally {
  await browser.close();
}
conclude();

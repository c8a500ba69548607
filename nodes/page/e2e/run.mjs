// Looks at the page of a node as a person would, in a real browser.
//   TOWNCRIER_URL=http://127.0.0.1:8765/ npm run e2e        or        npm run e2e -- http://127.0.0.1:8765/
// Without an address it starts a mock node (TOWNCRIER_MOCK: its number of characters, 2,000 by default).
// TOWNCRIER_SHOTS names a folder for screenshots (e2e/shots by default).
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, open, ready } from './browser.mjs';
import { checks, checkLayout } from './checks.mjs';
import { startMock } from './mock_node.mjs';
import { check, conclude } from './tally.mjs';
import { layWire } from './wire.mjs';

const SHOTS = process.env.TOWNCRIER_SHOTS ?? join(dirname(fileURLToPath(import.meta.url)), 'shots');
const SIZES = [[1600, 1000], [1024, 700], [768, 1024], [390, 844]];

const given = process.argv[2] ?? process.env.TOWNCRIER_URL;
const mock = given ? undefined : await startMock({ population: Number(process.env.TOWNCRIER_MOCK ?? 2000), hz: 2 });
const target = new URL(given ?? mock.url);
const wire = await layWire(target.hostname, Number(target.port || 80));
const url = `http://127.0.0.1:${wire.port}/`;
const browser = await launch();
mkdirSync(SHOTS, { recursive: true });

async function behaviour() {
  const { page, context, complaints, forgive } = await open(browser, url, { width: 1600, height: 1000 });
  const shot = (name) => page.screenshot({ path: join(SHOTS, `${name}.png`) });
  await check('the page comes up and is live', () => ready(page));
  for (const [name, run] of Object.entries(checks)) {
    await check(name, () => run({ page, wire, forgive, shot, report: (words) => console.log(`        ${words}`) }));
  }
  await check('nothing was complained of: no error, no policy violation', async () => {
    if (complaints.length) throw new Error(complaints.join(' | '));
  });
  await context.close();
}

/** Opens a page of its own for `run`, and closes it whatever happens. */
async function onPage(how, run) {
  const opened = await open(browser, url, how);
  try {
    await ready(opened.page);
    await run(opened.page);
    if (opened.complaints.length) throw new Error(opened.complaints.join(' | '));
  } finally {
    await opened.context.close();
  }
}

async function look(page, width, scheme) {
  await page.waitForTimeout(2_500);
  await page.screenshot({ path: join(SHOTS, `${width}-${scheme}.png`) });
  await checkLayout(page);
  if (width < 600) {
    await page.evaluate(() => document.getElementById('map').focus());
    await page.keyboard.press('n');
    await page.waitForTimeout(800);
    await page.screenshot({ path: join(SHOTS, `${width}-${scheme}-panel.png`) });
  }
}

async function stillness(page) {
  const before = await page.evaluate(() => window.towncrier.view.scale);
  await page.click('#zoom-in');
  const after = await page.evaluate(() => window.towncrier.view.scale);
  if (after / before < 1.5) throw new Error('the zoom still glides');
}

try {
  await behaviour();
  for (const scheme of ['light', 'dark']) {
    for (const [width, height] of SIZES) {
      const how = { width, height, scheme, touch: width < 600 };
      await check(`layout at ${width} px, ${scheme}`, () => onPage(how, (page) => look(page, width, scheme)));
    }
  }
  await check('less motion when less is wanted', () => onPage({ width: 1024, height: 700, reducedMotion: 'reduce' }, stillness));
} finally {
  await browser.close();
  await wire.stop();
  await mock?.stop();
}
conclude();

// Looks at the pages of a node through a reverse proxy that shows them under a path of its own, in a real browser.
//   node e2e/behind_proxy.mjs http://127.0.0.1:8765/ http://127.0.0.1:8766/
// The addresses are those of the clients' and of the operators' listener. TOWNCRIER_SHOTS names a folder for screenshots.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, open, ready, until } from './browser.mjs';
import { startProxy } from './proxy.mjs';
import { check, conclude } from './tally.mjs';

const [node, operators] = process.argv.slice(2);
const routes = { '/town/': node, '/a/b/': node, '/ops/': operators };
const plain = await startProxy(routes);
const secure = await startProxy(routes, { tls: true });
const browser = await launch();
const size = { width: 1280, height: 800 };

/** Opens a page through a proxy for `run`; nothing may be asked for outside of the prefix, nor complained of. */
async function through(proxy, path, run) {
  const scheme = proxy === secure ? 'https' : 'http';
  const [astray, upgrades] = [proxy.astray.length, proxy.upgrades.length];
  const opened = await open(browser, `${scheme}://127.0.0.1:${proxy.port}${path}`, size);
  try {
    await run(opened, () => proxy.upgrades.slice(upgrades));
    assert.deepEqual(proxy.astray.slice(astray), [], 'asked for outside of the prefix');
    assert.deepEqual(opened.complaints, []);
  } finally {
    await opened.context.close();
  }
}

async function town({ page }, upgrades, query = '') {
  await ready(page);
  assert.equal(await page.textContent('#status-text'), 'Live');
  await until(page, 'the town is described', () => document.querySelector('.brand span').textContent !== 'Towncrier' || document.querySelectorAll('.legend .state').length > 0);
  for (const path of upgrades()) assert.match(path, new RegExp(`/ws${query}$`));
}

try {
  await check('the page is live under a prefix', () => through(plain, '/town/', town));
  await check('and under a longer one', () => through(plain, '/a/b/', town));
  await check('and as index.html', () => through(plain, '/town/index.html', town));
  await check('without the last slash it is redirected, and the query reaches the WebSocket', () =>
    through(plain, '/town?key=a%26b', (opened, upgrades) => town(opened, upgrades, '\\?key=a%26b')));
  await check('behind https the WebSocket is encrypted', () => through(secure, '/town/', async (opened, upgrades) => {
    await town(opened, upgrades);
    assert.equal(upgrades().length, 1);
  }));
  await check('a broken connection is taken up again where it was, under the prefix', () => through(plain, '/town/', async (opened, upgrades) => {
    await ready(opened.page);
    opened.forgive((words) => /WebSocket|ERR_/.test(words));
    plain.cut();
    await until(opened.page, 'it resumed', () => window.towncrier.link.resumes === 1);
    assert.match(upgrades().at(-1), /^\/town\/ws\?position=/);
  }));
  await check('the inspector shows its node under a prefix', () => through(plain, '/ops/inspector', async ({ page }) => {
    await until(page, 'a node is shown', () => window.towncrier?.nodes.length === 1 && window.towncrier.phase === 'live');
    await page.evaluate(() => (location.hash = '#/actors'));
    await until(page, 'actors are shown', () => document.querySelectorAll('#actor-grid [role=row]').length > 3);
    if (process.env.TOWNCRIER_SHOTS) {
      mkdirSync(process.env.TOWNCRIER_SHOTS, { recursive: true });
      await page.screenshot({ path: join(process.env.TOWNCRIER_SHOTS, 'inspector-behind-proxy.png') });
    }
  }));
} finally {
  await browser.close();
  await plain.stop();
  await secure.stop();
}
conclude();

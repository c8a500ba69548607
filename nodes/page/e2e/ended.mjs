// An operator ends a page's connection in the inspector: what that says of it is what the page does.
//   node e2e/ended.mjs http://127.0.0.1:8765/ http://127.0.0.1:8766/
// The addresses are those of the clients' and of the operators' listener of a node.
import assert from 'node:assert/strict';
import { launch, open, ready, until } from './browser.mjs';
import { check, conclude } from './tally.mjs';

/** So long a page that comes back has not come back, milliseconds. */
const GONE_MS = 5_000;

const [node, operators] = process.argv.slice(2);
const browser = await launch();
const size = { width: 1280, height: 800 };
const town = await open(browser, node, size);
const inspector = await open(browser, new URL('inspector', operators).href, size);
const connections = async () => (await (await fetch(new URL('api/v1/actors?kind=connection', operators))).json()).actors;

try {
  await check('the inspector says that the page does not come back, and it does not', async () => {
    await ready(town.page);
    const [mine] = await connections();
    await inspector.page.evaluate((x) => (location.hash = `#/actors/${x.node}/${x.id}`), mine);
    await inspector.page.click('#details .acts button:text-is("Close")');
    assert.match(await inspector.page.textContent('#confirm-effect'), /does not come back by itself/);
    await inspector.page.click('#confirm-yes');
    await until(town.page, 'the page says that it was ended', () => window.towncrier.link.phase === 'ended' && document.getElementById('farewell').open);
    assert.match(await town.page.textContent('#farewell'), /closed by an operator/);
    const end = Date.now() + GONE_MS;
    while (Date.now() < end) {
      await town.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      assert.deepEqual((await connections()).map((x) => x.label), [], 'the page is back');
      await town.page.waitForTimeout(200);
    }
  });

  await check('it comes back when somebody wants it', async () => {
    await town.page.click('#farewell button');
    await until(town.page, 'it is live again', () => window.towncrier.link.phase === 'live');
    assert.equal((await connections()).length, 1);
  });
} finally {
  await browser.close();
}
conclude();

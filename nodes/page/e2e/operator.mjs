// An operator at the inspector page whose hands and eyes are a test's: it reads what to do from stdin, a line of JSON each
// ({"do": name, ...}), does it in a real browser, and answers by a line of JSON ({"answer": ...} or {"error": words}).
// What can be done and seen: operator_looks.mjs. It ends with its stdin.
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { launch, open } from './browser.mjs';
import { deeds, looks } from './operator_looks.mjs';

const browser = await launch();
let view;

const all = {
  ...looks,
  ...deeds,
  /** Opens the page in a window of its own; the one before is closed. */
  async open(_, { url, width = 1280, height = 800, scheme = 'light' }) {
    await view?.context.close();
    view = await open(browser, url, { width, height, scheme, touch: width < 600 });
  },
  /** What the browser complained of since the page was opened, but for answers of these statuses. */
  complaints: (_, { but = [] }) => view.complaints.filter((x) => !but.some((status) => x.includes(`status of ${status}`))),
  /** Into the folder that TOWNCRIER_SHOTS names, if it does. */
  async shot(page, { name }) {
    if (process.env.TOWNCRIER_SHOTS) await page.screenshot({ path: join(process.env.TOWNCRIER_SHOTS, `${name}.png`) });
  },
};

try {
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: name, ...how } = JSON.parse(line);
    let said;
    try {
      said = { answer: (await all[name](view?.page, how)) ?? null };
    } catch (error) {
      said = { error: `${name}: ${error.message}` };
    }
    console.log(JSON.stringify(said));
  }
} finally {
  await browser.close();
}

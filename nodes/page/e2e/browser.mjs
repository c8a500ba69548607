// A page of the node in a real browser, with everything it complains about written down.
import { chromium } from 'playwright-core';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Starts the browser. CHROMIUM names another one than /usr/bin/chromium. */
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });

/** Opens the page in a window of its own. `complaints` collects errors; `forgive` says which do not count. */
export async function open(browser, url, { width, height, scheme = 'light', reducedMotion = 'no-preference', touch = false }) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion, hasTouch: touch, deviceScaleFactor: width < 600 ? 2 : 1, ignoreHTTPSErrors: true });
  const page = await context.newPage();
  const complaints = [];
  let forgive = (_) => false;
  const complain = (words) => forgive(words) || complaints.push(words);
  page.on('console', (m) => {
    // A node without a town of its own has no description of one, and an actor that is looked at may end; the browser
    // writes that down as an error.
    if (m.type() === 'error' && !/\/api\/(town\.json|v1\/actors\/\d+\?.*)$/.test(m.location().url)) complain(m.text());
  });
  page.on('pageerror', (e) => complain(e.message));
  await context.addInitScript(() => addEventListener('securitypolicyviolation', (e) => console.error(`CSP: ${e.violatedDirective} ${e.blockedURI}`)));
  await page.goto(url);
  return { page, context, complaints, forgive: (f) => (forgive = f) };
}

/** Asks the page again and again until `question` (run in the page) gives something true; returns that. */
export async function until(page, what, question, argument, patience = 15_000) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await page.evaluate(question, argument);
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 60));
  }
}

/** The page is connected, and has drawn somebody. */
export const ready = (page) => until(page, 'characters are shown', () => {
  const t = window.towncrier;
  return t?.link.phase === 'live' && t.sample(5000).some((c) => c.screenX !== undefined);
});

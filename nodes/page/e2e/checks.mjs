// What a person expects of the page, each as one check. They run in this order on one page, 1600 px wide.
import assert from 'node:assert/strict';
import { ready, until } from './browser.mjs';

const inView = (page) => page.evaluate(() => {
  const box = document.getElementById('map').getBoundingClientRect();
  const free = (c) => !['legend', 'zoom-in', 'notice'].some((id) => {
    const r = document.getElementById(id).parentElement.matches('.zoom') ? document.querySelector('.zoom').getBoundingClientRect() : document.getElementById(id).getBoundingClientRect();
    return c.screenX + box.x > r.left - 8 && c.screenX + box.x < r.right + 8 && c.screenY + box.y > r.top - 8 && c.screenY + box.y < r.bottom + 8;
  });
  return window.towncrier.sample(5000)
    .filter((c) => c.screenX > 30 && c.screenY > 30 && c.screenX < box.width - 30 && c.screenY < box.height - 30 && free(c))
    .map((c) => ({ ...c, clientX: box.x + c.screenX, clientY: box.y + c.screenY }));
});

/** The map has come to where it was sent. */
const rests = (page) => until(page, 'the map rests', () => !window.towncrier.view.moving);

export const checks = {
  async 'the map shows characters'({ page }) {
    const painted = await page.evaluate(() => {
      const canvas = document.getElementById('map');
      const ratio = canvas.width / canvas.clientWidth;
      const ctx = canvas.getContext('2d');
      const seen = window.towncrier.sample(5000).filter((c) => c.screenX > 0 && c.screenY > 0 && c.screenX < canvas.clientWidth && c.screenY < canvas.clientHeight);
      const there = seen.filter((c) => ctx.getImageData(c.screenX * ratio, c.screenY * ratio, 1, 1).data[3] > 0);
      return { seen: seen.length, there: there.length };
    });
    assert.ok(painted.seen > 0, 'nobody is in view');
    assert.ok(painted.there >= painted.seen * 0.95, `${painted.there} of ${painted.seen} are painted`);
  },

  async 'characters move, and smoothly between updates'({ page }) {
    const track = await until(page, 'somebody walks', async () => {
      const before = new Map(window.towncrier.sample(5000).map((c) => [c.id, c]));
      await new Promise((done) => setTimeout(done, 700));
      const mover = window.towncrier.sample(5000).find((c) => c.x !== undefined && before.has(c.id) && c.x !== before.get(c.id).x);
      if (!mover) return undefined;
      const versions = new Set();
      const spots = new Set();
      for (let i = 0; i < 60; i++) {
        await new Promise(requestAnimationFrame);
        const c = window.towncrier.character(mover.id);
        if (!c) return undefined;
        versions.add(c.version);
        spots.add(`${c.x} ${c.y}`);
      }
      return spots.size > 5 ? { versions: versions.size, spots: spots.size } : undefined;
    }, undefined, 60_000);
    assert.ok(track.spots >= track.versions, `${track.spots} places in ${track.versions} updates`);
  },

  async 'the figures in the bar are filled in'({ page }) {
    await until(page, 'latency and rate are shown', () => /\d/.test(document.getElementById('meter-latency').textContent) && document.getElementById('meter-rate').textContent !== '0', undefined, 30_000);
    assert.match(await page.textContent('#meter-characters'), /^[\d,.k]+$/);
    assert.equal(await page.textContent('#status-text'), 'Live');
    const legend = await page.$$eval('.legend .count', (xs) => xs.reduce((sum, x) => sum + Number(x.textContent.replace(/,/g, '')), 0));
    assert.ok(legend > 0, 'the legend counts nobody');
  },

  async 'the search finds a character and goes there'({ page, shot }) {
    const somebody = (await inView(page))[0];
    assert.ok(somebody, 'nobody is in view');
    await page.keyboard.press('/');
    await page.keyboard.type(somebody.id.length > 2 ? somebody.id : somebody.name);
    await until(page, 'something is found', () => document.querySelectorAll('#found [role=option]').length);
    await shot('search');
    const scale = await page.evaluate(() => window.towncrier.view.scale);
    await page.keyboard.press('Enter');
    await until(page, 'the panel is open', () => !document.getElementById('panel').hidden);
    const chosen = await page.evaluate(() => window.towncrier.selected);
    assert.ok(chosen.toLowerCase().includes(somebody.id.toLowerCase()) || chosen === somebody.id, `${chosen} is not ${somebody.id}`);
    await until(page, 'the map came nearer', (before) => window.towncrier.view.scale > before * 1.5, scale);
    await rests(page);
    await shot('panel');
  },

  async 'the keyboard zooms, fits, chooses and closes'({ page }) {
    await page.keyboard.press('Escape');
    assert.ok(await page.isHidden('#panel'));
    await page.focus('#map');
    await page.keyboard.press('0');
    await until(page, 'the whole town is shown', () => window.towncrier.view.auto);
    await rests(page);
    const scale = await page.evaluate(() => window.towncrier.view.scale);
    await page.keyboard.press('+');
    await until(page, 'it is nearer', (before) => window.towncrier.view.scale > before * 1.3, scale);
    const x = await page.evaluate(() => window.towncrier.view.x);
    await page.keyboard.press('ArrowRight');
    await until(page, 'it moved', (before) => window.towncrier.view.x > before, x);
    await page.keyboard.press('0');
    await rests(page);
    await page.keyboard.press('n');
    await until(page, 'somebody is chosen', () => window.towncrier.selected && !document.getElementById('panel').hidden);
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => window.towncrier.selected), undefined);
  },

  async 'drag and wheel move the map'({ page }) {
    const before = await page.evaluate(() => window.towncrier.view);
    await page.mouse.move(300, 300);
    await page.mouse.down();
    await page.mouse.move(420, 380, { steps: 4 });
    await page.mouse.up();
    const dragged = await page.evaluate(() => window.towncrier.view);
    assert.ok(Math.abs((before.x - dragged.x) * before.scale - 120) < 2, 'the map does not follow the hand');
    await page.mouse.wheel(0, -300);
    await until(page, 'the wheel zooms', (s) => window.towncrier.view.scale > s, dragged.scale);
    await page.click('#zoom-fit');
    await rests(page);
  },

  async 'a click on a character opens its panel'({ page }) {
    let chosen;
    for (let i = 0; i < 8 && !chosen; i++) {
      const all = await inView(page);
      const somebody = all[Math.floor((all.length * i) / 8)];
      await page.mouse.click(somebody.clientX, somebody.clientY);
      chosen = await page.evaluate(() => window.towncrier.selected);
    }
    assert.ok(chosen, 'nobody was hit');
    const name = await page.evaluate((id) => window.towncrier.character(id)?.name, chosen);
    await until(page, 'the panel shows the name', (n) => document.querySelector('#panel h2').textContent === n, name);
    assert.ok((await page.textContent('#panel')).includes(chosen));
    assert.ok((await page.$$('#panel .feed.small li')).length > 0, 'no history');
    await page.click('#panel .shut');
  },

  async 'the news comes in, in words'({ page }) {
    await until(page, 'a line is there', () => window.towncrier.lines > 0 && document.querySelectorAll('#feed li time').length > 0, undefined, 90_000);
    const lines = await page.$$eval('#feed li p', (xs) => xs.map((x) => x.textContent));
    for (const line of lines) assert.doesNotMatch(line, /undefined|\[object|NaN/);
    assert.ok(lines.every((x) => x.trim().length > 2));
  },

  async 'every control has a name'({ page }) {
    const nameless = await page.$$eval('button, input, select, canvas:not([aria-hidden])', (xs) => xs
      .filter((x) => x.checkVisibility() && !(x.getAttribute('aria-label') || x.textContent.trim() || x.labels?.length)).map((x) => x.outerHTML));
    assert.deepEqual(nameless, []);
    assert.equal(await page.getAttribute('#status-text', 'aria-live'), 'polite');
  },

  async 'a dropped socket is taken up again'({ page, wire, forgive }) {
    forgive((words) => /WebSocket|ERR_/.test(words));
    const before = await page.evaluate(() => ({ ...window.towncrier.link, characters: window.towncrier.characters }));
    wire.cut();
    await until(page, 'the loss is noticed', () => window.towncrier.link.phase !== 'live');
    assert.match(await page.textContent('#status-text'), /Reconnecting/);
    await page.waitForTimeout(900);
    wire.mend();
    await until(page, 'it is live again', (n) => window.towncrier.link.phase === 'live' && window.towncrier.link.connects > n, before.connects, 30_000);
    const received = await page.evaluate(() => window.towncrier.received);
    await until(page, 'messages flow', (n) => window.towncrier.received > n + 2, received, 30_000);
    await until(page, 'it resumed where it was', (n) => window.towncrier.link.resumes > n, before.resumes, 5_000);
    const after = await page.evaluate(() => window.towncrier.characters);
    assert.ok(Math.abs(after - before.characters) <= Math.max(3, before.characters * 0.1), `${before.characters} became ${after}`);
    forgive(() => false);
  },

  async 'the theme can be turned, and is remembered'({ page }) {
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await ground();
    await page.click('#theme');
    assert.notEqual(await ground(), before);
    await page.reload();
    await ready(page);
    assert.notEqual(await ground(), before);
    await page.click('#theme');
    assert.equal(await ground(), before);
  },

  async 'frames are drawn in time'({ page, report }) {
    await page.waitForTimeout(3_000);
    const f = await page.evaluate(() => ({ ...window.towncrier.frames(), characters: window.towncrier.characters, rate: window.towncrier.rate }));
    const ms = (x) => x.toFixed(1);
    report(`${f.characters} characters, ${f.rate} messages/s: ${f.fps.toFixed(0)} frames/s, ${ms(f.p50)} / ${ms(f.p95)} ms from frame to frame, ${ms(f.draw50)} / ${ms(f.draw95)} ms to draw (median / 95 %)`);
    assert.ok(f.count > 30, 'hardly a frame was drawn');
    assert.ok(f.draw50 < 10, `drawing takes ${ms(f.draw50)} ms`);
  },
};

/** Whether everything has its place in a window of this size. */
export async function checkLayout(page) {
  const faults = await page.evaluate(() => {
    const out = [];
    const box = (s) => document.querySelector(s).getBoundingClientRect();
    if (document.documentElement.scrollWidth > innerWidth) out.push(`${document.documentElement.scrollWidth - innerWidth} px too wide`);
    if (document.documentElement.scrollHeight > innerHeight) out.push('the page scrolls');
    for (const s of ['.brand', '#search', '.meters', '#status', '#theme', '#map', '.legend', '.zoom', '#side', '#feed']) {
      const b = box(s);
      if (b.width < 8 || b.height < 8) out.push(`${s} is not to be seen`);
      if (b.left < -0.5 || b.right > innerWidth + 0.5 || b.top < -0.5 || b.bottom > innerHeight + 0.5) out.push(`${s} is cut off`);
    }
    const apart = (a, b) => {
      const [p, q] = [box(a), box(b)];
      if (p.left < q.right && q.left < p.right && p.top < q.bottom && q.top < p.bottom) out.push(`${a} lies on ${b}`);
    };
    for (const [a, b] of [['.legend', '.zoom'], ['.brand', '#status'], ['#search', '.meters'], ['#search', '.brand'], ['.meters', '#status'], ['#map', '#side'], ['#status', '#theme']]) apart(a, b);
    if (box('#map').height < 200) out.push('the map is too low');
    return out;
  });
  assert.deepEqual(faults, []);
}

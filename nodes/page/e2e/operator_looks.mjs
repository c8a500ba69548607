// What an operator does on the inspector page (`deeds`), and what is to be seen there, as data (`looks`).
// A look waits for nothing: whoever asks knows what it waits for.
import { until } from './browser.mjs';

const PATIENCE = { timeout: 10_000 };

export const deeds = {
  /** Goes to a part of the page: #/actors?node=n2. */
  go: (page, { hash }) => page.evaluate((x) => void (location.hash = x), hash),
  choose: (page, { select, value }) => page.selectOption(select, value, PATIENCE),
  fill: (page, { field, words }) => page.fill(field, words, PATIENCE),
  click: (page, { what }) => page.click(what, PATIENCE),
  /** One of the buttons of the actor that is shown; and says yes to the question. */
  async act(page, { button }) {
    await page.click(`#details .acts button:text-is("${button}")`, PATIENCE);
    await page.click('#confirm-yes', PATIENCE);
    await until(page, 'the question is gone', () => !document.getElementById('confirm').open);
  },
  /** Shows the actor of the list whose row says this. */
  row: (page, { kind, label }) => page.click(`#actor-grid .row:has(.kind:text-is("${kind}")):has(.label:text-is("${label}"))`, PATIENCE),
  async enter(page, { token }) {
    await page.fill('#token', token, PATIENCE);
    await page.keyboard.press('Enter');
  },
  /** Begins a trace by the form. */
  async trace(page, { what, id, count = 1, seconds = 30 }) {
    await page.selectOption('#trace-what', what, PATIENCE);
    for (const [field, words] of [['#trace-id', id], ['#trace-count', count], ['#trace-seconds', seconds]]) await page.fill(field, String(words), PATIENCE);
    await page.click('#trace-form button', PATIENCE);
  },
};

export const looks = {
  /** Whether the node answers, and what the page says where it does not; `told`: all else that is to be read. */
  status: (page) => page.evaluate(() => {
    const words = (id) => document.getElementById(id).textContent.trim();
    const gate = document.getElementById('gate');
    return {
      phase: document.getElementById('status').dataset.phase, status: words('status-text'), asked: gate.open, reason: words('gate-reason'),
      trouble: document.getElementById('trouble').hidden ? '' : words('trouble'), told: document.querySelector('main').innerText,
      meters: Object.fromEntries([...document.querySelectorAll('.meters dd')].map((x) => [x.id.slice(6), x.textContent])),
    };
  }),

  /** The map of the cluster: its cards, lines and words; and the two tables below, a row by its first cell. */
  cluster: (page) => page.evaluate(() => {
    const seen = (x) => x.checkVisibility();
    const table = (id) => {
      const heads = [...document.querySelectorAll(`#${id} thead th`)].map((x) => x.textContent);
      const rows = [...document.querySelectorAll(`#${id} tbody tr`)].filter(seen);
      return Object.fromEntries(rows.map((row) => [row.cells[0].textContent, Object.fromEntries([...row.cells].map((x, i) => [heads[i], x.textContent]))]));
    };
    return {
      nodes: Object.fromEntries([...document.querySelectorAll('.node-card')].map((x) => [x.querySelector('.name').textContent, {
        tone: x.dataset.tone, words: x.querySelector('.words').textContent, title: x.title, self: x.classList.contains('self'),
      }])),
      lines: Object.fromEntries([...document.querySelectorAll('.cluster-map line')].map((x) => [x.dataset.pair, x.dataset.tone])),
      labels: Object.fromEntries([...document.querySelectorAll('.link-label')].filter(seen).map((x) => [x.dataset.pair, x.textContent])),
      nodeTable: table('nodes-table'), linkTable: table('links-table'), note: document.getElementById('cluster-note').textContent,
    };
  }),

  /** The list of actors, as far as its rows exist: those in sight. */
  actors: (page) => page.evaluate(() => ({
    foot: document.getElementById('actor-foot').textContent, nodes: [...document.querySelectorAll('#actor-node option')].map((x) => x.value),
    rows: [...document.querySelectorAll('#actor-grid .row')].filter((x) => x.checkVisibility()).map((x) => {
      const [waiting, busy] = x.querySelectorAll('.heat');
      return {
        type: x.dataset.type, kind: x.querySelector('.kind').textContent, label: x.querySelector('.label').textContent, level: Number(x.getAttribute('aria-level')),
        title: x.title, waiting: waiting.querySelector('.words').textContent, heat: Number(waiting.dataset.heat), mark: waiting.querySelector('.mark').textContent,
        filled: parseInt(waiting.querySelector('.fill').style.width, 10), busy: busy.querySelector('.words').textContent, last: x.lastElementChild.textContent,
      };
    }),
  })),

  /** The actor that is shown. */
  actor: (page) => page.evaluate(() => {
    const root = document.getElementById('details');
    if (root.hidden) return null;
    const list = (x) => Object.fromEntries([...(x?.querySelectorAll(':scope > dt') ?? [])].map((y) => [y.title || y.textContent, y.nextElementSibling.textContent]));
    const notice = root.querySelector('.notice-line');
    return {
      name: root.querySelector('h2').textContent, place: root.querySelector('p.faint').textContent, notice: notice.hidden ? '' : notice.textContent,
      facts: list(root.querySelector('.facts')), state: list(root.querySelector('.state > dl')),
      acts: [...root.querySelectorAll('.acts button')].map((x) => x.textContent),
      line: (root.querySelector('.spark:nth-child(2) polyline')?.getAttribute('points') ?? '').split(' ').length,
    };
  }),

  /** The trace that is shown; `lanes` of the messages that are open. */
  traced: (page) => page.evaluate(() => {
    const root = document.getElementById('trace');
    const words = (x) => x?.textContent ?? '';
    const counts = (x) => Object.fromEntries([...(x?.querySelectorAll('.outcome') ?? [])].map((y) => [y.dataset.outcome, Number(y.textContent.replace(/\D/g, ''))]));
    const step = (x) => ({ outcome: x.querySelector('.outcome').dataset.outcome, says: words(x.querySelector('.outcome')), times: words(x.querySelector('.times')), reason: words(x.querySelector('.reason')), parts: [...x.querySelectorAll('.ms')].map((y) => y.classList[1]) });
    const lane = (x) => ({
      name: words(x.querySelector('.who strong')), node: x.dataset.node, actor: Number(words(x.querySelector('.who a')).replace(/\D/g, '')), slowest: x.classList.contains('slowest'), steps: [...x.querySelectorAll('.one')].map(step),
      bars: [...x.querySelectorAll('.bar-work')].map((y) => y.getBoundingClientRect()).map((y) => [y.left, y.right]),
    });
    return {
      subject: words(root.querySelector('h2')), state: words(root.querySelector('header .chip')), told: root.innerText,
      messages: [...root.querySelectorAll('details.message')].map((x) => ({
        head: words(x.querySelector('summary')), counts: counts(x.querySelector('summary .counts')), about: words(x.querySelector('.message-body')),
        byNode: Object.fromEntries([...x.querySelectorAll('.by-node > span')].map((y) => [words(y.querySelector('strong')), counts(y)])),
        lanes: [...x.querySelectorAll('.lane')].map(lane),
      })),
    };
  }),
};

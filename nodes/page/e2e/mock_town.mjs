// A synthetic town: streets on a bent grid, places along them, characters who walk from place to place.

const FIRST = 'Ada Ben Cora Dan Edith Finn Greta Hugo Iris Jonas Kate Leo Mara Nils Olga Paul Rosa Sam Tilda Uwe Vera Will Yara Zeno'.split(' ');
const LAST = 'Smith Baker Miller Fisher Cooper Weaver Potter Mason Thatcher Wright Turner Carter Shepherd Gardener Taylor Fuller'.split(' ');
const STREETS = ['High Street', 'Mill Lane', 'Church Row', 'Harbour Road', 'Bridge Street', 'Orchard Way', 'Castle Hill', 'Long Acre', 'Well Street', 'Fish Street', 'Abbey Walk', 'Tanner’s Yard'];
const PLACES = [['Market Square', 'square'], ['The Golden Hind', 'inn'], ['Bakery', 'shop'], ['Town Hall', 'hall'], ['St Anne’s', 'church'], ['Harbour', 'harbour'], ['Forge', 'workshop'], ['School', 'school'], ['Library', 'library'], ['Rose Park', 'park'], ['Watermill', 'workshop'], ['Corn Market', 'market'], ['Infirmary', 'infirmary'], ['Barley Field', 'field']];
const DOING = { square: 'talking', inn: 'eating', shop: 'shopping', market: 'shopping', workshop: 'working', hall: 'working', church: 'resting', harbour: 'working', school: 'working', library: 'reading', park: 'strolling', infirmary: 'resting', field: 'working', home: 'sleeping' };
const TOPICS = ['the weather', 'the price of flour', 'the new bridge', 'last night’s music', 'the mayor'];
const GOODS = [['a loaf of bread', 4], ['a basket of apples', 6], ['a candle', 2], ['a pair of boots', 48]];
const COLUMNS = 8;
const ROWS = 6;

/** A generator of numbers in 0..1 from a seed (mulberry32). */
export function dice(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Builds a town of `population` characters; `step(seconds)` moves it on and returns the messages of what changed. */
export function makeTown({ population = 200, seed = 7, speed = 9 } = {}) {
  const random = dice(seed);
  const pick = (xs) => xs[Math.floor(random() * xs.length)];
  const nodes = [];
  for (let r = 0; r < ROWS; r++) {
    for (let c = 0; c < COLUMNS; c++) nodes.push([60 + c * 150 + (random() - 0.5) * 70, 60 + r * 140 + (random() - 0.5) * 60]);
  }
  const streets = [];
  for (let r = 0; r < ROWS; r++) streets.push({ name: STREETS[r], points: nodes.slice(r * COLUMNS, (r + 1) * COLUMNS) });
  for (let c = 0; c < COLUMNS; c++) {
    if (c === 3) continue;
    streets.push({ name: STREETS[(ROWS + c) % STREETS.length], points: nodes.filter((_, i) => i % COLUMNS === c) });
  }
  const joined = (i) => {
    const [r, c] = [Math.floor(i / COLUMNS), i % COLUMNS];
    const out = [];
    if (c > 0) out.push(i - 1);
    if (c < COLUMNS - 1) out.push(i + 1);
    if (c !== 3 && r > 0) out.push(i - COLUMNS);
    if (c !== 3 && r < ROWS - 1) out.push(i + COLUMNS);
    return out;
  };
  const places = [];
  const beside = (i) => {
    const [x, y] = nodes[i];
    const [u, v] = nodes[pick(joined(i))];
    const k = 0.25 + random() * 0.3;
    const length = Math.hypot(u - x, v - y);
    const side = random() < 0.5 ? 16 : -16;
    return { x: x + (u - x) * k - ((v - y) / length) * side, y: y + (v - y) * k + ((u - x) / length) * side, node: i };
  };
  const spots = nodes.map((_, i) => i).sort(() => random() - 0.5);
  PLACES.forEach(([name, kind], i) => places.push({ name, kind, ...beside(spots[i]) }));
  for (let i = 0; i < 40; i++) places.push({ name: `${pick(LAST)} House ${i + 1}`, kind: 'home', ...beside(spots[(i + 9) % spots.length]) });

  const characters = [];
  for (let i = 0; i < population; i++) {
    const at = pick(places);
    const name = `${FIRST[i % FIRST.length]} ${LAST[Math.floor(i / FIRST.length) % LAST.length]}${i >= 384 ? ` ${1 + Math.floor(i / 384)}` : ''}`;
    characters.push({ id: `c${i}`, name, state: DOING[at.kind], place: at, x: at.x, y: at.y, node: at.node, path: [], left: random() * 60, version: 1, pace: (1 + random() * 0.6) * speed, mood: pick(['cheerful', 'tired', 'curious', 'content']), purse: Math.floor(random() * 200) });
  }
  let day = 1;
  let clock = 0;
  let bell = 0;

  const stamp = () => Date.now() / 1000;
  const where = (c) => (c.state === 'walking' ? c.street : c.place.name);
  const update = (c) => ({ type: 'character_update', timestamp: stamp(), data: { character_id: c.id, name: c.name, state: c.state, location: where(c), x: c.x, y: c.y, attributes: { mood: c.mood, purse: c.purse, energy: 0.7 }, epoch: 1, version: c.version, timestamp: stamp() } });
  const change = (c, before) => ({ type: 'state_change', timestamp: stamp(), data: { character_id: c.id, new_state: c.state, previous_state: before, location: where(c), x: c.x, y: c.y, epoch: 1, version: ++c.version, timestamp: stamp() } });
  const event = (event_type, data) => ({ type: 'event_notification', timestamp: stamp(), data: { event_type, data, timestamp: stamp() } });

  function setOut(c) {
    c.place = pick(places);
    c.path = [];
    let at = c.node;
    for (let n = 0; at !== c.place.node && n < 40; n++) {
      const goal = nodes[c.place.node];
      const next = joined(at).sort((a, b) => Math.hypot(nodes[a][0] - goal[0], nodes[a][1] - goal[1]) - Math.hypot(nodes[b][0] - goal[0], nodes[b][1] - goal[1]));
      at = random() < 0.85 ? next[0] : pick(next);
      c.path.push(nodes[at]);
    }
    c.path.unshift(nodes[c.node]);
    c.path.push([c.place.x, c.place.y]);
    c.node = c.place.node;
    c.street = streets[Math.floor(c.node / COLUMNS)].name;
    c.state = 'walking';
  }

  function walk(c, seconds) {
    let reach = c.pace * seconds;
    while (reach > 0 && c.path.length) {
      const [x, y] = c.path[0];
      const far = Math.hypot(x - c.x, y - c.y);
      if (far <= reach) {
        [c.x, c.y] = c.path.shift();
        reach -= far;
      } else {
        c.x += ((x - c.x) / far) * reach;
        c.y += ((y - c.y) / far) * reach;
        reach = 0;
      }
    }
  }

  function live(c, seconds, out) {
    const before = c.state;
    if (c.path.length) {
      walk(c, seconds);
      if (!c.path.length) {
        c.state = DOING[c.place.kind];
        c.left = 15 + random() * 60;
      }
      return out.push(change(c, before));
    }
    c.left -= seconds;
    if (c.left > 0) return undefined;
    setOut(c);
    return out.push(change(c, before));
  }

  function happen(seconds, out) {
    clock += seconds;
    if (clock > 90 * day) out.push(event('new_day', { day: ++day, weather: pick(['a clear morning', 'rain', 'fog from the sea']) }));
    if (clock > bell) out.push(event('bell', { strikes: 1 + Math.floor((bell += 20) / 20) % 12, where: 'St Anne’s' }));
    if (random() < seconds * 1.2) {
      const a = pick(characters);
      const company = characters.filter((c) => c !== a && c.place === a.place && c.state === a.state);
      const b = company.length ? pick(company) : pick(characters);
      const roll = random();
      const [goods, price] = pick(GOODS);
      if (roll < 0.6) out.push(event('chat', { who: [a.id, b.id], where: a.place.name, about: pick(TOPICS) }));
      else if (roll < 0.85) out.push(event('trade', { buyer: a.id, seller: b.id, goods, price, where: a.place.name }));
      else out.push(event('lost_property', { owner: a.id, item: 'an umbrella', reward: 12, urgent: false }));
    }
  }

  return {
    characters,
    description: { name: 'Mockbury', places: places.map(({ name, kind, x, y }) => ({ name, kind, x, y })), streets },
    snapshot: () => [...characters.map(update), event('new_day', { day, weather: 'a clear morning' })],
    step(seconds) {
      const out = [];
      for (const c of characters) live(c, seconds, out);
      happen(seconds, out);
      return out;
    },
  };
}

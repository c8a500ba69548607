// Actors of a cluster that is not there: counters that grow, a tree as a real node has it, names that a client could choose.
const ROOTS = ['exchange', 'batcher', 'character_directory', 'event_notifier', 'world', 'debugger', 'connection_monitor', 'admission', 'authenticator', 'rate_limiter', 'inspector'];

/** A name that would do harm wherever a page took it for more than a text. */
export const HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>"\'`${1}';

/** The actors of one node: `connections` and `characters` of them below their parents. */
export function makeActors(node, { connections, characters, peers = [] }) {
  let id = 0;
  const spawned = Date.now() / 1000 - 4000;
  const make = (kind, label, parent, pace) => ({ id: ++id, kind, label, node, parent, pace, mailbox: 0, mailbox_peak: 0, handled: 0, skipped: 0, busy_seconds: 0, running_seconds: 0, wait_seconds: 0, restarts: 0, spawned });
  const all = ROOTS.map((kind, i) => make(kind, '', null, 40 + i * 17));
  const directory = all[2];
  const hubs = [0, 1].map((i) => make('hub', `io-${i}`, null, 400));
  all.push(...hubs);
  for (let i = 0; i < connections; i++) all.push(make('connection', `c${i + 1}`, hubs[i % 2].id, 20));
  for (let i = 0; i < characters; i++) all.push(make('character_publisher', i === 3 ? HOSTILE : `character-${i}`, directory.id, i % 10 === 0 ? 4 : 0.3));
  const links = peers.map((peer) => make('peer_link', peer, all[0].id, 30));
  all.push(...links);
  const ended = [{ id: ++id, kind: 'connection', label: 'c0', node, reason: 'closed by an operator', at: Date.now() / 1000 - 100 }];
  let last = Date.now();

  /** Lets time pass: the counters of all grow. */
  function step() {
    const seconds = (Date.now() - last) / 1000;
    last = Date.now();
    for (const x of all) {
      x.handled += Math.round(x.pace * seconds + ((x.id * 7) % 3) / 3);
      x.busy_seconds += Math.min(0.9, x.pace / 500) * seconds;
      x.wait_seconds = x.pace > 10 ? 0.0001 * (x.id % 50) : 0;
    }
    const slow = all[1];
    slow.mailbox = 1200 + (Math.floor(Date.now() / 1000) % 7) * 300;
    slow.mailbox_peak = 4000;
    hubs[0].mailbox = 14;
    const busy = all.find((x) => x.kind === 'connection');
    if (busy) busy.mailbox = 130;
  }
  const view = ({ pace, ...x }, more = {}) => ({ ...x, ...more });
  return { node, all, ended, step, view };
}

const keys = { busy: 'busy_seconds', handled: 'handled', mailbox: 'mailbox', wait: 'wait_seconds', peak: 'mailbox_peak', skipped: 'skipped', restarts: 'restarts' };

function selected(actors, q) {
  let rows = actors.all;
  if (q.kind) rows = rows.filter((x) => x.kind === q.kind);
  if (q.label) rows = rows.filter((x) => x.label === q.label);
  if (q.text) rows = rows.filter((x) => x.label.toLowerCase().includes(q.text.toLowerCase()));
  if (q.parent !== undefined) rows = rows.filter((x) => (x.parent ?? 0) === Number(q.parent));
  const key = keys[q.sort];
  return key ? [...rows].sort((a, b) => b[key] - a[key]) : rows;
}

/** The answer to `actors`. */
export function listActors(actors, q, gone = new Set()) {
  const rows = selected(actors, q);
  const limit = Number(q.limit ?? 100);
  const answer = { node: actors.node, total: actors.all.length, matching: rows.length };
  if (q.tree !== 'true') return { ...answer, actors: rows.slice(0, limit).map((x) => actors.view(x, q.state === 'true' ? { state: stateOf(x, gone) } : {})) };
  const present = new Set(rows.map((x) => x.id));
  const below = new Map();
  for (const x of rows) {
    const parent = present.has(x.parent) ? x.parent : 0;
    if (!below.has(parent)) below.set(parent, []);
    below.get(parent).push(x);
  }
  let left = limit;
  const branch = (parent) => (below.get(parent) ?? []).slice(0, parent ? Number(q.each ?? limit) : limit).flatMap((x) => {
    if (left-- <= 0) return [];
    const children = branch(x.id);
    return [actors.view(x, { child_count: below.get(x.id)?.length ?? 0, ...(children.length ? { children } : {}) })];
  });
  return { ...answer, actors: branch(0) };
}

/** The answer to `top`. */
export function topActors(actors, q) {
  const rows = selected(actors, { ...q, sort: q.sort ?? 'busy' });
  const shown = rows.slice(0, Number(q.limit ?? 20)).map((x) => actors.view(x, { handled_rate: x.pace, busy_share: Math.min(0.9, x.pace / 500) }));
  return { node: actors.node, window_seconds: 1, total: actors.all.length, matching: rows.length, actors: shown };
}

/** What a link says of itself. */
export function linkState(node, { dead = false, seconds = Date.now() / 1000 - 1.7e9 } = {}) {
  return { node, address: '127.0.0.1:1', phase: dead ? 'waiting' : 'live', breaker: dead ? 'open' : 'closed', failures: dead ? 3 : 0, last_error: dead ? 'connection refused' : '', sessions: 1, sent_parcels: seconds * 50, sent_bytes: seconds * 120_000, received_parcels: seconds * 40, received_bytes: seconds * 90_000, conflated_parcels: 0, lost_events: dead ? 2 : 0, in_flight_bytes: 200_000, window_bytes: 4_194_304, held_receipts: 0, sent_upto: 100, said: dead ? 180 : 100, round_trip_ms: 0.41 };
}

/** What an actor says it is about. */
function stateOf(x, gone) {
  return x.kind === 'connection'
    ? { connection: x.label, phase: 'live', role: 'viewer', subscriptions: ['world', 'event:trade'], queue: { messages: 12, bytes: 48_211, limit_bytes: 262_144 }, rates: [1, 2, 3], area: null }
    : x.kind === 'peer_link' ? linkState(x.label, { dead: gone.has(x.label) })
    : { name: x.label, version: 42, paused: false, deep: { a: { b: { c: [{ d: HOSTILE }] } } } };
}

/** The answer to `actors/ID`. */
export function oneActor(actors, id, gone) {
  const x = actors.all.find((y) => y.id === Number(id));
  if (!x) return { error: `no actor ${id} lives on node ${actors.node}` };
  return actors.view(x, { last_message: 'delivery', children: actors.all.filter((y) => y.parent === x.id).slice(0, 100).map((y) => y.id), state: stateOf(x, gone) });
}

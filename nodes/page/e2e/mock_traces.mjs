// Traces of a node that is not there.
import { randomBytes } from 'node:crypto';

const hex = (n) => randomBytes(n).toString('hex');

/** A message on its way over `nodes`, to `viewers` connections on each. */
function message(subject, nodes, viewers) {
  const spans = [];
  const add = (parent, node, actor, kind, label, step, start, mailbox, handler, outcome = 'passed', reason = null, kept = 0) => {
    const span = { kept_ms: kept, id: hex(8), parent, node, actor, kind, label, step, start_ms: start, mailbox_ms: mailbox, handler_ms: handler, outcome, reason };
    spans.push(span);
    return span.id;
  };
  const [first] = nodes;
  const received = add(null, first, 40, 'connection', 'c9', 'received', 0.1, 0, 0.08);
  const admitted = add(received, first, 11, 'rate_limiter', '', 'admitted', 0.35, 0.12, 0.03);
  const published = add(admitted, first, 60, 'character_publisher', subject.split(':')[1] ?? '', 'published', 0.62, 0.2, 0.05);
  const batched = add(published, first, 2, 'batcher', '', 'batched', 1.0, 0.2, 0.4, 'passed', null, 5.1);
  const exchanged = add(batched, first, 1, 'exchange', '', 'exchanged', 7.1, 0.2, 0.12);
  const none = { written: 0, conflated: 0, filtered: 0, dropped: 0, held: 0, waiting: 0 };
  const receivers = { ...none };
  const byNode = Object.fromEntries(nodes.map((x) => [x, { ...none }]));
  nodes.forEach((node, n) => {
    const at = 7.4 + n * 3.1;
    const from = n === 0 ? exchanged : add(exchanged, node, 1, 'exchange', '', 'linked', at - 0.4, 0.3, 0.06);
    const fanned = add(from, node, 13, 'hub', 'io-0', 'fan_out', at + 0.3, 0.1, 0.3);
    for (let i = 0; i < viewers; i++) {
      const outcome = i === 1 ? 'conflated' : i === 2 ? 'filtered' : i === 3 ? 'dropped' : i === 4 ? 'held' : 'written';
      const reason = { conflated: 'conflated_and_waiting', filtered: 'outside_its_area', dropped: 'the queue is full', held: 'held_for_resume' }[outcome] ?? null;
      receivers[outcome] += 1;
      byNode[node][outcome] += 1;
      add(fanned, node, 15 + i, 'connection', `c${i + 1}`, outcome === 'written' ? 'written' : 'queued', at + 0.7 + i * 0.02, 0.05 + i * 0.01, 0.04, outcome, reason);
    }
  });
  const took = Math.max(...spans.map((x) => x.start_ms + x.handler_ms));
  return { id: hex(8), trace_id: hex(16), parent_id: hex(8), subject, type: 'character_update', epoch: 1764, version: 17, origin: first, began: Date.now() / 1000, took_ms: took, receivers, spans, spans_left_off: 0, receivers_by_node: byNode, slowest: { id: batched, what: 'kept', ms: 5.1, node: first, actor: 2, kind: 'batcher', label: '', step: 'batched' } };
}

/** Keeps traces; each of them gets a message a while after the last. */
export function makeTraces(nodes, { viewers = 8, everyMs = 600 } = {}) {
  const all = new Map();
  const timers = new Set();
  const later = (run) => {
    const timer = setTimeout(() => timers.delete(timer) && run(), everyMs);
    timers.add(timer);
  };
  const follow = (trace) => later(() => {
    if (trace.state !== 'following') return;
    trace.messages.push(message(trace.subject, nodes, viewers));
    if (trace.messages.length >= trace.asked) trace.state = 'complete';
    else follow(trace);
  });
  return {
    begin({ subject, count = 1 }) {
      if (!/^(character|event|connection):./.test(subject ?? '')) return [400, { error: "'subject' must be character:ID, event:TYPE or connection:ID" }];
      if (all.size >= 8) return [429, { error: 'too many traces run: end one first' }];
      const trace = { id: hex(4), subject, node: nodes[0], state: 'following', began: Date.now() / 1000, asked: count, messages: [] };
      all.set(trace.id, trace);
      if (!subject.includes('nobody')) follow(trace);
      return [200, trace];
    },
    list: () => [200, { traces: [...all.values()].map(({ messages, ...x }) => x) }],
    get: (id) => (all.has(id) ? [200, all.get(id)] : [404, { error: `no trace ${id} is kept` }]),
    end(id) {
      const trace = all.get(id);
      if (trace) trace.state = 'ended';
      return trace ? [200, trace] : [404, { error: `no trace ${id} is kept` }];
    },
    stop: () => timers.forEach(clearTimeout),
  };
}

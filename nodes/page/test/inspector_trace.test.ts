import { describe, expect, it } from 'vitest';
import { isCrowded, ticks, timelineOf, zoomed } from '../src/inspector/timeline';
import { readTrace, readTraces, type TracedMessage } from '../src/inspector/trace_model';
import type { JsonObject } from '../src/protocol';

const span = (actor: number, start: number, more: JsonObject = {}): JsonObject => ({
  id: `s${actor}`, parent: null, node: 'a', actor, kind: 'connection', label: `c${actor}`, step: 'queued', start_ms: start, mailbox_ms: 0.5, handler_ms: 0.25, outcome: 'written', reason: null, ...more,
});

function message(spans: JsonObject[], more: JsonObject = {}): TracedMessage {
  const trace = readTrace({ id: 't', messages: [{ trace_id: 'f', subject: 'character:ada', took_ms: 5, receivers: { written: 2, filtered: 0, nonsense: 3 }, spans, ...more }] });
  return trace!.messages[0]!;
}

describe('a trace', () => {
  it('is read with its messages and their spans', () => {
    const x = message([span(1, 2, { outcome: 'filtered', reason: 'outside_its_area' })], { epoch: 3, version: 7 });
    expect(x).toMatchObject({ subject: 'character:ada', epoch: '3', version: '7', tookMs: 5, receivers: { written: 2, filtered: 0 } });
    expect(x.spans[0]).toMatchObject({ actor: 1, start: 2, mailbox: 0.5, handler: 0.25, outcome: 'filtered', reason: 'outside_its_area', parent: '' });
    expect(message([], { event_id: 'e9', id: 'm1' })).toMatchObject({ eventId: 'e9', id: 'm1', version: '', slowest: undefined });
    const more = message([], { slowest: { what: 'kept', ms: 5, id: 's3', kind: 'batcher', label: '', node: 'a' }, receivers_by_node: { a: { written: 1 }, b: { waiting: 2 } } });
    expect([more.slowest, more.byNode]).toEqual([{ words: '5.00 ms kept by batcher on a', span: 's3' }, [['a', { written: 1 }], ['b', { waiting: 2 }]]]);
  });

  it('survives an answer that makes no sense', () => {
    for (const x of [null, 3, [], {}, { id: null }]) expect(readTrace(x)).toBeUndefined();
    expect(readTraces({ traces: [{ id: 'a', began: 1 }, null, {}, { id: 'b', began: 2 }] }).map((x) => x.id)).toEqual(['b', 'a']);
    expect(message([{ outcome: 'eaten', mailbox_ms: -3, handler_ms: 'x' }]).spans[0]).toMatchObject({ outcome: 'passed', mailbox: 0, handler: 0, actor: undefined });
  });
});

describe('a timeline', () => {
  it('has a lane for each actor of each node, in the order in which they had the message', () => {
    const t = timelineOf(message([span(2, 4), span(1, 1), span(1, 3), span(1, 2, { node: 'b' })]), 10);
    expect(t.lanes.map((x) => [x.key, x.bars.length])).toEqual([['a/1', 2], ['b/1', 1], ['a/2', 1]]);
    expect(t.lanes[0]!.bars[0]).toMatchObject({ queued: 0.5, taken: 1, begun: 1, done: 1.25 });
    expect([t.from, t.until, t.lanesLeftOff]).toEqual([0, 5, 0]);
  });

  it('tells what was kept from what was handled', () => {
    expect(timelineOf(message([span(1, 1, { kept_ms: 4, mailbox_ms: 0 })]), 10).lanes[0]!.bars[0]).toMatchObject({ queued: 1, taken: 1, begun: 5, done: 5.25 });
  });

  it('has room for all of its bars, those before the beginning too', () => {
    const t = timelineOf(message([span(1, 0.2), span(2, 80)]), 10);
    expect(t.from).toBeCloseTo(-0.3);
    expect(t.until).toBe(80.25);
  });

  it('shows what matters first where there is too much', () => {
    const many = Array.from({ length: 1000 }, (_, i) => span(100 + i, 10 + i / 1000));
    const t = timelineOf(message([span(1, 1, { outcome: 'passed', kind: 'hub' }), ...many, span(7, 11, { outcome: 'filtered' }), span(8, 11, { outcome: 'conflated' })]), 10);
    expect(t.lanes.length).toBe(10);
    expect(t.lanesLeftOff).toBe(993);
    expect(t.lanes.map((x) => x.actor)).toEqual(expect.arrayContaining([1, 7, 8, 1099]));
  });

  it('can be drawn only as far as the message was passed on', () => {
    const t = timelineOf(message([span(1, 1, { outcome: 'passed' }), span(2, 4, { outcome: 'passed', handler_ms: 1 }), span(3, 5, { kept_ms: 900 })]), 10);
    expect([t.passedOn, isCrowded(t)]).toEqual([5, true]);
    expect(zoomed(t)).toMatchObject({ from: 0, until: 5.5 });
    expect(isCrowded(timelineOf(message([span(1, 1, { outcome: 'passed' }), span(2, 2)]), 10))).toBe(false);
  });

  it('shows who took longest, wherever that is', () => {
    const many = Array.from({ length: 100 }, (_, i) => span(100 + i, 10, { id: `m${i}` }));
    const t = timelineOf(message(many, { slowest: { what: 'handler', ms: 5, id: 'm3', kind: 'connection', label: 'c103', node: 'a' } }), 10);
    expect(t.lanes.filter((x) => x.slowest).map((x) => x.actor)).toEqual([103]);
  });

  it('of nothing is empty', () => {
    expect(timelineOf(message([], { took_ms: 0 }), 10)).toEqual({ from: 0, until: 0.01, passedOn: 0, lanes: [], lanesLeftOff: 0 });
  });

  it.each([[0, 5], [0, 0.013], [-3, 117], [0, 80_000], [0.2, 0.21]])('from %f to %f has a few round ticks', (from, until) => {
    const at = ticks(from, until);
    expect(at.length).toBeGreaterThanOrEqual(2);
    expect(at.length).toBeLessThanOrEqual(8);
    expect(at.every((x) => x >= from - 1e-6 && x <= until + 1e-6)).toBe(true);
  });
});

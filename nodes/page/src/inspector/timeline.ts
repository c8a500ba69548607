import type { Outcome, Span, TracedMessage } from './trace_model';

/** A span on the scale: all in milliseconds since the message began. */
export interface Bar {
  span: Span;
  /** When it came into the mailbox, when the actor took it, when the handler went on with it, and when that was done. */
  queued: number;
  taken: number;
  begun: number;
  done: number;
}

/** What one actor did. */
export interface Lane {
  key: string;
  node: string;
  actor: number | undefined;
  kind: string;
  label: string;
  bars: Bar[];
  /** What took longest was one of its bars. */
  slowest: boolean;
}

export interface Timeline {
  from: number;
  until: number;
  /** When the last actor had passed it on: what comes after is waiting at the viewers. */
  passedOn: number;
  lanes: Lane[];
  /** Lanes that are not shown, so that the browser bears it. */
  lanesLeftOff: number;
}

/** What became of a message in the end, and so is shown first where not all can be: the rarer, the more wanted. */
const INTEREST: Record<Outcome, number> = { dropped: 0, held: 1, conflated: 2, filtered: 3, written: 4, passed: 5 };

export function barOf(span: Span): Bar {
  const begun = span.start + span.kept;
  return { span, queued: span.start - span.mailbox, taken: span.start, begun, done: begun + span.handler };
}

/**
 * The way of a message as lanes, one an actor, in the order in which they had it. Where there are more than `most`
 * lanes, those stay that say most: who took longest, who passed it on before it fanned out, then who did not get it, then who got it last.
 */
export function timelineOf(x: TracedMessage, most: number): Timeline {
  const lanes = lanesOf(x.spans, x.slowest?.span);
  const shown = lanes.length > most ? choose(lanes, most) : lanes;
  const bars = shown.flatMap((lane) => lane.bars);
  return {
    from: Math.min(0, ...bars.map((b) => b.queued)),
    until: Math.max(x.tookMs, 0.01, ...bars.map((b) => b.done)),
    passedOn: Math.max(0, ...bars.filter((b) => b.span.outcome === 'passed').map((b) => b.done)),
    lanes: shown,
    lanesLeftOff: lanes.length - shown.length,
  };
}

function lanesOf(spans: readonly Span[], slowest: string | undefined): Lane[] {
  const lanes = new Map<string, Lane>();
  for (const span of spans) {
    const key = `${span.node}/${span.actor ?? `${span.kind} ${span.label}`}`;
    const lane = lanes.get(key) ?? { key, node: span.node, actor: span.actor, kind: span.kind, label: span.label, bars: [], slowest: false };
    lane.bars.push(barOf(span));
    lane.slowest ||= span.id !== '' && span.id === slowest;
    lanes.set(key, lane);
  }
  for (const lane of lanes.values()) lane.bars.sort((a, b) => a.taken - b.taken);
  return [...lanes.values()].sort((a, b) => a.bars[0]!.queued - b.bars[0]!.queued);
}

const isOnTheWay = (lane: Lane): boolean => lane.bars.some((b) => b.span.outcome === 'passed');
const interest = (lane: Lane): number => Math.min(...lane.bars.map((b) => INTEREST[b.span.outcome]));
const end = (lane: Lane): number => Math.max(...lane.bars.map((b) => b.done));

function choose(lanes: readonly Lane[], most: number): Lane[] {
  const order = [...lanes].sort((a, b) =>
    Number(b.slowest) - Number(a.slowest) || Number(isOnTheWay(b)) - Number(isOnTheWay(a)) || interest(a) - interest(b) || end(b) - end(a));
  const kept = new Set(order.slice(0, most));
  return lanes.filter((lane) => kept.has(lane));
}

/** The same, only as far as it was passed on, and a bit. */
export function zoomed(t: Timeline): Timeline {
  return { ...t, until: Math.min(t.until, t.passedOn + (t.passedOn - t.from) * 0.1) };
}

/** Whether viewers that waited take up so much of the scale that the way to them cannot be seen. */
export const isCrowded = (t: Timeline): boolean => t.passedOn > t.from && t.until - t.from > 4 * (t.passedOn - t.from);

/** Where lines of the scale are: three to seven of them, at round figures. */
export function ticks(from: number, until: number): number[] {
  const raw = (until - from) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((x) => x * power).find((x) => x >= raw) ?? raw;
  const first = Math.ceil(from / step - 1e-9);
  const result: number[] = [];
  for (let i = first; i * step <= until + step * 1e-9; i++) result.push(i * step);
  return result;
}

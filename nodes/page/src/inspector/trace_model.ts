import { isObject, number, text, type Json, type JsonObject } from '../protocol';
import { millis } from './format';
import { rows } from './model';

export const OUTCOMES = ['passed', 'written', 'conflated', 'filtered', 'dropped', 'held'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** How many viewers had a message how; `waiting`: it is not decided yet. */
export const RECEIVERS = ['written', 'conflated', 'filtered', 'dropped', 'held', 'waiting'] as const;
export type Receivers = Partial<Record<(typeof RECEIVERS)[number], number>>;

/** What one actor did with a message. Times in milliseconds; `start` since the message began. */
export interface Span {
  id: string;
  parent: string;
  node: string;
  actor: number | undefined;
  kind: string;
  label: string;
  step: string;
  start: number;
  mailbox: number;
  handler: number;
  /** With the actor besides, before the handler: in its batch, in its queue. */
  kept: number;
  outcome: Outcome;
  reason: string;
}

/** One message that a trace followed. */
export interface TracedMessage {
  /** Tells it from others of the same trace id. */
  id: string;
  traceId: string;
  parentId: string;
  subject: string;
  type: string;
  /** Of a character's state; empty where it has none. */
  epoch: string;
  version: string;
  /** Of an event. */
  eventId: string;
  origin: string;
  began: number;
  tookMs: number;
  receivers: Receivers;
  /** The same for each node. */
  byNode: [string, Receivers][];
  /** What took longest, in words, and the span where it did; undefined where the node does not say. */
  slowest: { words: string; span: string } | undefined;
  spans: Span[];
  spansLeftOff: number;
}

export interface Trace {
  id: string;
  subject: string;
  node: string;
  state: string;
  began: number;
  asked: number;
  messages: TracedMessage[];
}

function readSpan(x: JsonObject): Span {
  const said = text(x, 'outcome');
  return {
    id: text(x, 'id'), parent: text(x, 'parent'), node: text(x, 'node'), actor: number(x, 'actor'), kind: text(x, 'kind'),
    label: text(x, 'label'), step: text(x, 'step'), start: number(x, 'start_ms') ?? 0,
    mailbox: Math.max(0, number(x, 'mailbox_ms') ?? 0), handler: Math.max(0, number(x, 'handler_ms') ?? 0), kept: Math.max(0, number(x, 'kept_ms') ?? 0),
    outcome: OUTCOMES.find((o) => o === said) ?? 'passed', reason: text(x, 'reason'),
  };
}

function readReceivers(x: Json): Receivers {
  const result: Receivers = {};
  for (const key of RECEIVERS) {
    const n = number(x, key);
    if (n !== undefined) result[key] = n;
  }
  return result;
}

const PLACES: Record<string, string> = { mailbox: 'in the mailbox of', handler: 'in the handler of', kept: 'kept by' };

function slowestOf(x: Json): TracedMessage['slowest'] {
  const ms = number(x, 'ms');
  const who = [text(x, 'kind'), text(x, 'label')].filter(Boolean).join(' ');
  if (ms === undefined || !who) return undefined;
  return { words: `${millis(ms)} ${PLACES[text(x, 'what')] ?? 'with'} ${who} on ${text(x, 'node')}`, span: text(x, 'id') };
}

function readMessage(x: JsonObject): TracedMessage {
  const byNode = isObject(x.receivers_by_node ?? null) ? Object.entries(x.receivers_by_node as JsonObject) : [];
  return {
    id: text(x, 'id'), traceId: text(x, 'trace_id'), parentId: text(x, 'parent_id'), subject: text(x, 'subject'), type: text(x, 'type'),
    epoch: text(x, 'epoch'), version: text(x, 'version'), eventId: text(x, 'event_id'), origin: text(x, 'origin'), began: number(x, 'began') ?? 0, tookMs: Math.max(0, number(x, 'took_ms') ?? 0),
    receivers: readReceivers(x.receivers ?? null), byNode: byNode.map(([node, y]) => [node, readReceivers(y)]), slowest: slowestOf(x.slowest ?? null),
    spans: rows(x, 'spans').map(readSpan), spansLeftOff: number(x, 'spans_left_off') ?? 0,
  };
}

export function readTrace(x: Json): Trace | undefined {
  if (!isObject(x) || !text(x, 'id')) return undefined;
  return {
    id: text(x, 'id'), subject: text(x, 'subject'), node: text(x, 'node'), state: text(x, 'state'), began: number(x, 'began') ?? 0,
    asked: number(x, 'asked') ?? 0, messages: rows(x, 'messages').map(readMessage),
  };
}

/** The answer of `traces`, newest first. */
export function readTraces(x: Json): Trace[] {
  return rows(x, 'traces').map(readTrace).filter((y) => y !== undefined).sort((a, b) => b.began - a.began);
}

import { isObject, number, text, type Json, type JsonObject } from '../protocol';
import { rows } from './model';

export const OUTCOMES = ['passed', 'written', 'conflated', 'filtered', 'dropped', 'held'] as const;
export type Outcome = (typeof OUTCOMES)[number];

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
  outcome: Outcome;
  reason: string;
}

/** One message that a trace followed. */
export interface TracedMessage {
  traceId: string;
  parentId: string;
  subject: string;
  type: string;
  /** `epoch.version` of a character, or the id of an event. */
  revision: string;
  origin: string;
  began: number;
  tookMs: number;
  receivers: Partial<Record<Outcome, number>>;
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
    mailbox: Math.max(0, number(x, 'mailbox_ms') ?? 0), handler: Math.max(0, number(x, 'handler_ms') ?? 0),
    outcome: OUTCOMES.find((o) => o === said) ?? 'passed', reason: text(x, 'reason'),
  };
}

function revisionOf(x: JsonObject): string {
  const version = text(x, 'version');
  return version ? [text(x, 'epoch'), version].filter(Boolean).join('.') : text(x, 'event_id');
}

function readMessage(x: JsonObject): TracedMessage {
  const receivers: Partial<Record<Outcome, number>> = {};
  for (const outcome of OUTCOMES) {
    const n = number(x.receivers ?? null, outcome);
    if (n !== undefined) receivers[outcome] = n;
  }
  return {
    traceId: text(x, 'trace_id'), parentId: text(x, 'parent_id'), subject: text(x, 'subject'), type: text(x, 'type'),
    revision: revisionOf(x), origin: text(x, 'origin'), began: number(x, 'began') ?? 0, tookMs: Math.max(0, number(x, 'took_ms') ?? 0),
    receivers, spans: rows(x, 'spans').map(readSpan), spansLeftOff: number(x, 'spans_left_off') ?? 0,
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

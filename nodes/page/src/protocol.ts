/** Any value that JSON can hold. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

/** One message in either direction. `timestamp` is in seconds since the Unix epoch. */
export interface Envelope {
  type: string;
  data: Json;
  timestamp: number;
  /** Where the stream stands once this message was taken in; opaque. */
  position?: string;
  /** What the client named the message that this one answers. */
  id?: string | number;
}

export const SUB_PROTOCOL = 'towncrier.v1.json';

/** Code of the `error` that asks for a (better) token. */
export const AUTH_FAILED = 1002;
/** Codes of the `error`s after which a request is made again: too many messages, and a fault of the node's. */
export const RATE_LIMIT = 1003;
export const SERVER_ERROR = 1004;

export function isObject(x: unknown): x is JsonObject {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

/** The member of `data` if it is a text, else `fallback`. Numbers become their digits. */
export function text(data: Json, key: string, fallback = ''): string {
  const x = isObject(data) ? data[key] : undefined;
  return typeof x === 'string' ? x : typeof x === 'number' ? String(x) : fallback;
}

/** The member of `data` if it is a finite number, else undefined. */
export function number(data: Json, key: string): number | undefined {
  const x = isObject(data) ? data[key] : undefined;
  return typeof x === 'number' && Number.isFinite(x) ? x : undefined;
}

/** The texts in the member of `data` if it is an array, else undefined. */
export function texts(data: Json, key: string): string[] | undefined {
  const x = isObject(data) ? data[key] : undefined;
  return Array.isArray(x) ? x.filter((y) => typeof y === 'string') : undefined;
}

function toEnvelope(x: unknown): Envelope | undefined {
  if (!isObject(x) || typeof x.type !== 'string') return undefined;
  const envelope: Envelope = {
    type: x.type,
    data: x.data ?? null,
    timestamp: typeof x.timestamp === 'number' ? x.timestamp : Date.now() / 1000,
  };
  if (typeof x.position === 'string') envelope.position = x.position;
  if (typeof x.id === 'string' || typeof x.id === 'number') envelope.id = x.id;
  return envelope;
}

/** Reads one text frame. Undefined when it is not a message: the page ignores what it cannot read. */
export function decode(frame: string): Envelope | undefined {
  try {
    return toEnvelope(JSON.parse(frame));
  } catch {
    return undefined;
  }
}

/** Calls `visit` for the message, or for each message of a `batch`, in order. */
export function unfold(envelope: Envelope, visit: (x: Envelope) => void): void {
  if (envelope.type !== 'batch') return visit(envelope);
  if (!Array.isArray(envelope.data)) return;
  for (const item of envelope.data) {
    const inner = toEnvelope(item);
    if (inner && inner.type !== 'batch') visit(inner);
  }
}

/** Stands for "no position": whoever kept it could not go on from it. */
const NOWHERE = '-';

/** The position that stands on a message or, for `heartbeat`, `lag` and `welcome`, in its data. */
export function positionOf(envelope: Envelope): string | undefined {
  const given = envelope.position ?? text(envelope.data, 'position');
  return given && given !== NOWHERE ? given : undefined;
}

/** What the client had named the message that this one answers, whether that stands on it or in its data. */
export function answerId(envelope: Envelope): string {
  return envelope.id === undefined ? text(envelope.data, 'id') : String(envelope.id);
}

/** Writes one message to the server. */
export function encode(type: string, data: JsonObject, id?: string): string {
  const timestamp = Date.now() / 1000;
  return JSON.stringify(id === undefined ? { type, data, timestamp } : { type, data, timestamp, id });
}

import { isObject, number, text, texts, type Json, type JsonObject } from '../protocol';

/** An actor, as the API tells of one. Times in seconds; `spawned` since the Unix epoch. */
export interface Actor {
  id: number;
  kind: string;
  label: string;
  node: string;
  parent: number | undefined;
  mailbox: number;
  peak: number;
  handled: number;
  skipped: number;
  busy: number;
  running: number;
  wait: number;
  restarts: number;
  spawned: number;
  /** Over the last second, where the node was asked for it: messages a second, and the share of the time. */
  handledRate: number | undefined;
  busyShare: number | undefined;
  /** How many it spawned that live. */
  childCount: number;
  /** Those of them that were told of. */
  children: Actor[];
}

/** What a node says of itself, and the cluster of it. Counters are undefined when it did not answer. */
export interface NodeRow {
  id: string;
  self: boolean;
  actors: number | undefined;
  mailbox: number | undefined;
  handled: number | undefined;
  busy: number | undefined;
  restarts: number | undefined;
  counting: boolean;
  roles: string[];
  state: string;
  edge: string;
  admin: string;
}

/** A link between two nodes, seen from `from`. */
export interface LinkRow {
  from: string;
  to: string;
  phase: string;
  breaker: string;
  failures: number;
  lastError: string;
  sentBytes: number;
  receivedBytes: number;
  sentParcels: number;
  receivedParcels: number;
  conflated: number;
  lost: number;
  inFlight: number;
  window: number;
  /** Batches that the peer was not given yet. */
  behind: number;
  roundTripMs: number | undefined;
}

export interface Cluster {
  nodes: NodeRow[];
  links: LinkRow[];
  /** Undefined: the node is alone. */
  etcd: boolean | undefined;
  revision: number | undefined;
}

/** The objects in the member of `data` if it is an array, else none. */
export function rows(data: Json, key: string): JsonObject[] {
  const x = isObject(data) ? data[key] : undefined;
  return Array.isArray(x) ? x.filter((y) => isObject(y)) : [];
}

const flag = (data: JsonObject, key: string): boolean => data[key] === true;
const count = (data: JsonObject, key: string): number => Math.max(0, number(data, key) ?? 0);

export function readActor(x: JsonObject): Actor {
  const children = rows(x, 'children').map(readActor);
  return {
    id: count(x, 'id'), kind: text(x, 'kind'), label: text(x, 'label'), node: text(x, 'node'), parent: number(x, 'parent'),
    mailbox: count(x, 'mailbox'), peak: count(x, 'mailbox_peak'), handled: count(x, 'handled'), skipped: count(x, 'skipped'),
    busy: count(x, 'busy_seconds'), running: count(x, 'running_seconds'), wait: count(x, 'wait_seconds'),
    restarts: count(x, 'restarts'), spawned: count(x, 'spawned'), handledRate: number(x, 'handled_rate'),
    busyShare: number(x, 'busy_share'), childCount: number(x, 'child_count') ?? children.length, children,
  };
}

/** What one actor is called on this page. Its id alone is unique on its node only. */
export const keyOf = (x: { node: string; id: number }): string => `${x.node}/${x.id}`;

function readNode(x: JsonObject, self: string): NodeRow {
  const id = text(x, 'id');
  return {
    id, self: id === self, actors: number(x, 'actors'), mailbox: number(x, 'mailbox'), handled: number(x, 'handled'),
    busy: number(x, 'busy_seconds'), restarts: number(x, 'restarts'), counting: x.counting !== false, roles: texts(x, 'roles') ?? [],
    state: text(x, 'state', 'up'), edge: text(x, 'edge'), admin: text(x, 'admin'),
  };
}

/** A link as the node `from` tells of it. */
export function readLink(x: JsonObject, from: string): LinkRow {
  return {
    from, to: text(x, 'node'), phase: text(x, 'phase'), breaker: text(x, 'breaker'),
    failures: count(x, 'failures'), lastError: text(x, 'last_error'), sentBytes: count(x, 'sent_bytes'),
    receivedBytes: count(x, 'received_bytes'), sentParcels: count(x, 'sent_parcels'), receivedParcels: count(x, 'received_parcels'),
    conflated: count(x, 'conflated_parcels'), lost: count(x, 'lost_events'), inFlight: count(x, 'in_flight_bytes'),
    window: count(x, 'window_bytes'), behind: Math.max(0, count(x, 'said') - count(x, 'sent_upto')),
    roundTripMs: number(x, 'round_trip_ms'),
  };
}

/** The answer of `nodes`; `self` is the node that was asked. */
export function readCluster(x: Json, self: string): Cluster {
  const etcd = isObject(x) && 'etcd' in x ? flag(x, 'etcd') : undefined;
  return {
    nodes: rows(x, 'nodes').map((y) => readNode(y, self)).filter((y) => y.id),
    links: rows(x, 'links').map((y) => readLink(y, self)).filter((y) => y.to),
    etcd, revision: number(x, 'revision'),
  };
}

/** An actor that is no more. */
export interface Ended {
  id: number;
  kind: string;
  label: string;
  node: string;
  reason: string;
  at: number;
}

/** The answer of `ended`, newest first. */
export function readEnded(x: Json): Ended[] {
  return rows(x, 'ended')
    .map((y) => ({ id: count(y, 'id'), kind: text(y, 'kind'), label: text(y, 'label'), node: text(y, 'node'), reason: text(y, 'reason'), at: count(y, 'at') }))
    .sort((a, b) => b.at - a.at);
}

import { backoff } from './backoff';
import * as wire from './protocol';

/** `refused`: the node wants a token; `offline`: the browser has no network. */
export type Phase = 'connecting' | 'live' | 'waiting' | 'refused' | 'offline';

/** What a person may want to know of the connection. Times in milliseconds. */
export interface Link {
  phase: Phase;
  node: string;
  server: string;
  latency: number | undefined;
  /** How far behind the node says we are; 0 when we keep up. */
  behind: number;
  /** When the next attempt starts, on the clock of `Surroundings.now`. */
  retryAt: number;
  connects: number;
  /** How many times a reconnection went on exactly where it was. */
  resumes: number;
  reason: string;
}

/** The part of a WebSocket that is used, so that tests can bring their own. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: { code: number; reason: string }) => void) | null;
  readonly readyState: number;
  send(frame: string): void;
  close(): void;
}

/** Everything outside of the connection: network, clock, chance. */
export interface Surroundings {
  open(url: string, protocol: string): Socket;
  now(): number;
  random(): number;
  after(ms: number, run: () => void): number;
  cancel(timer: number): void;
}

export interface Listener {
  /** One message that is not the connection's own business. */
  message(x: wire.Envelope): void;
  /** What is known is not to be trusted any more: a snapshot of the whole follows. */
  snapshot(): void;
  changed(link: Readonly<Link>): void;
}

const RESUME_ID = 'resume';
const BEAT_ID = 'beat-';
const MOST_BEAT_MS = 5_000;
/** The first answer waits behind the snapshot: the latency is measured again soon. */
const SECOND_BEAT_MS = 1_000;
const LAG_SHOWN_MS = 4_000;
const TRY_LATER_MS = 5_000;

/** Keeps one WebSocket to the node alive, and takes it up again where it was when it breaks. */
export class Connection {
  readonly link: Link = {
    phase: 'connecting', node: '', server: '', latency: undefined, behind: 0, retryAt: 0,
    connects: 0, resumes: 0, reason: '',
  };
  /** Messages received so far, those in batches counted one by one. */
  received = 0;

  private socket: Socket | undefined;
  /** The edges to try, ours first, and which of them is next. */
  private edges: string[];
  private turn = 0;
  private position = '';
  private resuming = false;
  private attempt = 0;
  private beat = 0;
  private beatAt = 0;
  private firstBeat = 0;
  private heardAt = 0;
  private interval = 15_000;
  private lagAt = -Infinity;
  private timers = { retry: 0, beat: 0 };

  constructor(
    private readonly url: string,
    private readonly world: Surroundings,
    private readonly listener: Listener,
    private token = '',
  ) {
    this.edges = [url];
  }

  /** Connects now, whatever timer was running. Does nothing while a connection stands. */
  start(): void {
    if (this.socket) return;
    this.world.cancel(this.timers.retry);
    this.tell({ phase: 'connecting' });
    const socket = this.world.open(this.edges[this.turn] ?? this.url, wire.SUB_PROTOCOL);
    this.socket = socket;
    this.heardAt = this.world.now();
    this.watch();
    socket.onopen = () => this.opened();
    socket.onmessage = (e) => this.frame(e.data);
    socket.onclose = (e) => socket === this.socket && this.closed(e.code, e.reason);
  }

  /** Tries again with another token. */
  authenticate(token: string): void {
    this.token = token;
    this.attempt = 0;
    this.start();
  }

  /** The browser said that the network came or went. */
  network(online: boolean): void {
    if (online && this.link.phase !== 'refused') return this.start();
    if (!online && !this.socket) this.tell({ phase: 'offline' });
  }

  private opened(): void {
    if (this.token) this.send('auth', { token: this.token });
    if (this.position) {
      this.resuming = true;
      this.send('resume', { position: this.position }, RESUME_ID);
    } else {
      this.listener.snapshot();
      this.send('subscribe', { channels: ['world'], snapshot: true });
    }
  }

  private frame(data: unknown): void {
    const envelope = typeof data === 'string' ? wire.decode(data) : undefined;
    if (!envelope) return;
    this.heardAt = this.world.now();
    wire.unfold(envelope, (x) => this.take(x));
    this.advance(envelope);
  }

  /**
   * Remembers how far we are. Not while a `resume` waits for its answer: what is sent meanwhile is newer
   * than what was missed, and a second break would turn the gap into a loss.
   */
  private advance(envelope: wire.Envelope): void {
    if (!this.resuming) this.position = wire.positionOf(envelope) ?? this.position;
  }

  private take(x: wire.Envelope): void {
    this.received += 1;
    switch (x.type) {
      case 'welcome': return this.welcomed(x);
      case 'heartbeat': return this.answered(x);
      case 'result': return this.result(x);
      case 'error': return this.complaint(x);
      case 'lag': return this.lag(x);
      default: return this.listener.message(x);
    }
  }

  private welcomed(x: wire.Envelope): void {
    const seconds = wire.number(x.data, 'heartbeat_interval') ?? 0;
    if (seconds > 0) this.interval = seconds * 1000;
    this.attempt = 0;
    this.learn(wire.texts(x.data, 'edges'));
    this.tell({
      phase: 'live', reason: '', connects: this.link.connects + 1,
      node: wire.text(x.data, 'node'), server: wire.text(x.data, 'server'),
    });
    this.firstBeat = this.beat + 1;
    this.ping();
  }

  /**
   * Remembers the other edges of the cluster. A node that is cut off from the others names none: what was known
   * may still be right.
   */
  private learn(others: string[] | undefined): void {
    if (!others) return;
    const here = this.edges[this.turn] ?? this.url;
    const found = others.map((x) => sameWay(x, this.url)).filter((x) => x !== undefined);
    this.edges = [...new Set([this.url, here, ...found])];
    this.turn = this.edges.indexOf(here);
  }

  private ping(): void {
    this.beat += 1;
    this.beatAt = this.world.now();
    this.send('heartbeat', {}, BEAT_ID + this.beat);
    this.watch();
  }

  /** Sends the next heartbeat in time, or gives up a connection on which nothing was heard for too long. */
  private watch(): void {
    this.world.cancel(this.timers.beat);
    const longest = this.beat === this.firstBeat ? SECOND_BEAT_MS : MOST_BEAT_MS;
    const due = Math.min(this.interval / 2, this.link.phase === 'live' ? longest : Infinity);
    this.timers.beat = this.world.after(due, () => {
      if (this.world.now() - this.heardAt > this.interval * 1.5) return this.abandon();
      if (this.link.phase === 'live') this.ping();
      else this.watch();
    });
  }

  private abandon(): void {
    const dead = this.socket;
    this.closed(1006, 'nothing heard');
    dead?.close();
  }

  /** A heartbeat of the node's own has no id: only the answer to our last one measures the latency. */
  private answered(x: wire.Envelope): void {
    if (this.world.now() - this.lagAt > LAG_SHOWN_MS && this.link.behind) this.tell({ behind: 0 });
    if (wire.answerId(x) !== BEAT_ID + this.beat) return;
    this.tell({ latency: this.world.now() - this.beatAt });
  }

  private result(x: wire.Envelope): void {
    if (wire.answerId(x) !== RESUME_ID) return this.listener.message(x);
    this.resuming = false;
    if (resumedIn(x.data)) return this.tell({ resumes: this.link.resumes + 1 });
    this.listener.snapshot();
  }

  private complaint(x: wire.Envelope): void {
    this.tell({ reason: wire.text(x.data, 'message') });
    if (wire.number(x.data, 'code') === wire.AUTH_FAILED) return this.refuse();
    if (wire.answerId(x) !== RESUME_ID || !this.resuming) return;
    // A position that the node cannot read: begin anew.
    this.resuming = false;
    this.position = '';
    this.listener.snapshot();
    this.send('subscribe', { channels: ['world'], snapshot: true });
  }

  private refuse(): void {
    const socket = this.socket;
    this.drop();
    socket?.close();
    this.tell({ phase: 'refused' });
  }

  private lag(x: wire.Envelope): void {
    this.lagAt = this.world.now();
    this.tell({ behind: wire.number(x.data, 'behind_ms') ?? 1 });
    this.listener.message(x);
  }

  private drop(): void {
    this.socket = undefined;
    this.resuming = false;
    this.world.cancel(this.timers.beat);
  }

  private closed(code: number, reason: string): void {
    this.drop();
    if (code === wire.CLOSE_POLICY && /token|auth/i.test(reason)) return this.tell({ phase: 'refused', reason });
    // The one that was lost is tried again first, then the others in turn.
    if (this.attempt > 0) this.turn = (this.turn + 1) % this.edges.length;
    const wait = Math.max(backoff(this.attempt++, this.world.random()), code === wire.CLOSE_TRY_LATER ? TRY_LATER_MS : 0);
    this.timers.retry = this.world.after(wait, () => this.start());
    this.tell({ phase: 'waiting', reason, latency: undefined, behind: 0, retryAt: this.world.now() + wait });
  }

  private send(type: string, data: wire.JsonObject, id?: string): void {
    if (this.socket?.readyState === 1) this.socket.send(wire.encode(type, data, id));
  }

  private tell(change: Partial<Link>): void {
    Object.assign(this.link, change);
    this.listener.changed(this.link);
  }
}

/** Another edge under the path of our own; undefined when it is none, or when the page may not connect to it. */
function sameWay(edge: string, own: string): string | undefined {
  try {
    const result = new URL(edge);
    const mine = new URL(own);
    if (!/^wss?:$/.test(result.protocol) || (mine.protocol === 'wss:' && result.protocol === 'ws:')) return undefined;
    result.pathname = mine.pathname;
    result.search = mine.search;
    return result.href;
  } catch {
    return undefined;
  }
}

/** `{"resumed": true}`, as the data of the answer or inside its own `data`. */
function resumedIn(data: wire.Json): boolean {
  if (!wire.isObject(data)) return false;
  return data.resumed === true || (wire.isObject(data.data) && data.data.resumed === true);
}

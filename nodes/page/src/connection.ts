import { withQuery } from './addresses';
import { backoff } from './backoff';
import { ruleOf } from './close_codes';
import { Edges } from './edges';
import type { Link, Listener, Socket, Surroundings } from './link';
import * as wire from './protocol';
import { Requests } from './requests';

export type { Link, Listener, Phase, Socket, Surroundings } from './link';

const RESUME_ID = 'resume';
const SUBSCRIBE_ID = 'subscribe';
const BEAT_ID = 'beat-';
const MOST_BEAT_MS = 5_000;
/** The first answer waits behind the snapshot: the latency is measured again soon. */
const SECOND_BEAT_MS = 1_000;
const LAG_SHOWN_MS = 4_000;
/** How long to wait before a request that the node failed at is made again. */
const AFTER_FAULT_MS = 5_000;
/** Longer positions are sent in a message: not every proxy lets an address of any length pass. */
const LONGEST_IN_URL = 2_000;
/** These messages say that the connection lives, and nothing of the town. */
const HOUSEKEEPING = new Set(['welcome', 'heartbeat', 'result', 'error', 'subscribed', 'unsubscribed', 'lag']);

/** Keeps one WebSocket to the node alive, and takes it up again where it was when it breaks. */
export class Connection {
  readonly link: Link = {
    phase: 'connecting', node: '', server: '', latency: undefined, behind: 0, retryAt: 0, askAgainAt: 0,
    connects: 0, resumes: 0, reason: '',
  };
  /** Messages received so far, those in batches counted one by one. */
  received = 0;
  /** When something of the town was last heard, or the connection was made; on the clock of `Surroundings.now`. */
  newsAt = 0;

  private socket: Socket | undefined;
  private readonly edges: Edges;
  private readonly requests: Requests;
  /** The last life (`incarnation`) of each node that we were at. */
  private readonly lives = new Map<string, number>();
  private position = '';
  /** Where the node was asked to go on: in the address, or by a message. */
  private resuming: 'url' | 'message' | undefined;
  private attempt = 0;
  private beat = 0;
  private beatAt = 0;
  private firstBeat = 0;
  private heardAt = 0;
  private interval = 15_000;
  private lagAt = -Infinity;
  /** Heartbeats of ours are too many until then. */
  private beatFrom = -Infinity;
  private timers = { retry: 0, beat: 0 };

  constructor(
    url: string,
    private readonly world: Surroundings,
    private readonly listener: Listener,
    private token = '',
  ) {
    this.edges = new Edges(url);
    this.requests = new Requests(world, (type, data, id) => this.send(type, data, id));
  }

  /** Connects now, whatever timer was running. Does nothing while a connection stands. */
  start(): void {
    if (this.socket) return;
    this.world.cancel(this.timers.retry);
    this.tell({ phase: 'connecting' });
    const inUrl = this.position !== '' && encodeURIComponent(this.position).length <= LONGEST_IN_URL;
    this.resuming = !this.position ? undefined : inUrl ? 'url' : 'message';
    const url = this.edges.current;
    const socket = this.world.open(inUrl ? withQuery(url, 'position', this.position) : url, wire.SUB_PROTOCOL);
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

  /** Connects again though the node had ended the connection for good: a person wants it. */
  again(): void {
    this.attempt = 0;
    this.start();
  }

  /** The browser said that the network came or went, or that somebody looks again. */
  network(online: boolean): void {
    if (online && this.link.phase !== 'refused' && this.link.phase !== 'ended') return this.start();
    if (!online && !this.socket) this.tell({ phase: 'offline' });
  }

  private opened(): void {
    if (this.token) this.send('auth', { token: this.token });
    if (this.resuming === 'message') this.requests.ask('resume', { position: this.position }, RESUME_ID);
    else if (!this.resuming) this.begin();
  }

  /** Asks for all there is. */
  private begin(): void {
    this.listener.snapshot();
    this.requests.ask('subscribe', { channels: ['world'], snapshot: true }, SUBSCRIBE_ID);
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
    if (this.resuming !== 'message') this.position = wire.positionOf(envelope) ?? this.position;
  }

  private take(x: wire.Envelope): void {
    this.received += 1;
    if (!HOUSEKEEPING.has(x.type)) this.newsAt = this.world.now();
    switch (x.type) {
      case 'welcome': return this.welcomed(x);
      case 'heartbeat': return this.answered(x);
      case 'result': return this.result(x);
      case 'error': return this.complaint(x);
      case 'lag': return this.lag(x);
      case 'subscribed': return this.settled(SUBSCRIBE_ID);
      default: return this.listener.message(x);
    }
  }

  private welcomed(x: wire.Envelope): void {
    const seconds = wire.number(x.data, 'heartbeat_interval') ?? 0;
    if (seconds > 0) this.interval = seconds * 1000;
    this.attempt = 0;
    this.newsAt = this.world.now();
    this.edges.learn(wire.texts(x.data, 'edges'));
    this.noteLife(wire.text(x.data, 'node'), wire.number(x.data, 'incarnation'));
    this.tell({
      phase: 'live', reason: '', askAgainAt: this.requests.again, connects: this.link.connects + 1,
      node: wire.text(x.data, 'node'), server: wire.text(x.data, 'server'),
    });
    if (this.resuming === 'url') this.resumed(resumedIn(x.data));
    this.firstBeat = this.beat + 1;
    this.ping();
  }

  private noteLife(node: string, incarnation: number | undefined): void {
    if (incarnation === undefined) return;
    const before = this.lives.get(node);
    this.lives.set(node, incarnation);
    if (before !== undefined && before !== incarnation) this.listener.newLife();
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
      if (this.link.phase === 'live' && this.world.now() >= this.beatFrom) this.ping();
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
    this.settled(RESUME_ID);
    this.resumed(resumedIn(x.data));
  }

  /** The node goes on where we were, or gives us a snapshot. */
  private resumed(exactly: boolean): void {
    this.resuming = undefined;
    if (exactly) return this.tell({ resumes: this.link.resumes + 1 });
    this.listener.snapshot();
  }

  /** A request has its answer. */
  private settled(id: string): void {
    if (this.requests.answered(id)) this.tell({ askAgainAt: this.requests.again, reason: '' });
  }

  private complaint(x: wire.Envelope): void {
    const code = wire.number(x.data, 'code');
    const id = wire.answerId(x);
    if (id.startsWith(BEAT_ID)) return this.beatRefused(x);
    this.tell({ reason: wire.text(x.data, 'message') });
    if (code === wire.AUTH_FAILED) return this.refuse();
    if (code === wire.RATE_LIMIT || code === wire.SERVER_ERROR) return this.postpone(id, x);
    this.requests.answered(id);
    if (id !== RESUME_ID || !this.resuming) return;
    // A position that the node cannot read: begin anew.
    this.resuming = undefined;
    this.position = '';
    this.begin();
  }

  /** The node cannot take this now. What has to be taken is asked for again when the node says so. */
  private postpone(id: string, x: wire.Envelope): void {
    const again = (): void => {
      this.tell({ askAgainAt: this.requests.again });
      if (id === SUBSCRIBE_ID) this.listener.snapshot();
    };
    if (this.requests.refused(id, waitOf(x), again)) this.tell({ askAgainAt: this.requests.again });
  }

  /** Nothing is lost by it, but we sent too much: no more of them until the node allows it. */
  private beatRefused(x: wire.Envelope): void {
    this.beatFrom = this.world.now() + waitOf(x);
  }

  private refuse(): void {
    const socket = this.socket;
    this.drop();
    socket?.close();
    this.tell({ phase: 'refused', askAgainAt: 0 });
  }

  private lag(x: wire.Envelope): void {
    this.lagAt = this.world.now();
    this.tell({ behind: wire.number(x.data, 'behind_ms') ?? 1 });
    this.listener.message(x);
  }

  private drop(): void {
    this.socket = undefined;
    this.resuming = undefined;
    this.beatFrom = -Infinity;
    this.requests.clear();
    this.world.cancel(this.timers.beat);
  }

  private closed(code: number, reason: string): void {
    this.drop();
    const rule = ruleOf(code);
    const over = { reason: reason || rule.words, latency: undefined, behind: 0, askAgainAt: 0 };
    if (!rule.returns) return this.tell({ phase: 'ended', ...over });
    // The one that was lost is tried again first, then the others in turn.
    if (this.attempt > 0) this.edges.next();
    const wait = Math.max(backoff(this.attempt++, this.world.random()), rule.wait_seconds * 1000);
    this.timers.retry = this.world.after(wait, () => this.start());
    this.tell({ phase: 'waiting', ...over, retryAt: this.world.now() + wait });
  }

  private send(type: string, data: wire.JsonObject, id?: string): void {
    if (this.socket?.readyState === 1) this.socket.send(wire.encode(type, data, id));
  }

  private tell(change: Partial<Link>): void {
    Object.assign(this.link, change);
    this.listener.changed(this.link);
  }
}

/** How long an error asks us to wait, milliseconds. */
function waitOf(x: wire.Envelope): number {
  const seconds = wire.number(x.data, 'retry_after');
  return seconds === undefined ? AFTER_FAULT_MS : seconds * 1000;
}

/** `{"resumed": true}`, as the data of the answer or inside its own `data`. */
function resumedIn(data: wire.Json): boolean {
  if (!wire.isObject(data)) return false;
  return data.resumed === true || (wire.isObject(data.data) && data.data.resumed === true);
}

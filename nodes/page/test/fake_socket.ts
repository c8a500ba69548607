import type { Listener, Link, Socket, Surroundings } from '../src/connection';
import type { Envelope, Json } from '../src/protocol';

/** A WebSocket whose other end is the test. */
export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((e: { data: unknown }) => void) | null = null;
  onclose: ((e: { code: number; reason: string }) => void) | null = null;
  readyState = 0;
  readonly sent: Envelope[] = [];
  closedByPage = false;

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as Envelope);
  }
  close(): void {
    this.closedByPage = true;
    this.readyState = 3;
  }

  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(type: string, data: Json = {}, more: Partial<Envelope> = {}): void {
    this.onmessage?.({ data: JSON.stringify({ type, data, timestamp: 1, ...more }) });
  }
  welcome(data: { [key: string]: Json } = {}): void {
    this.say('welcome', { node: 'a', heartbeat_interval: 10, position: 'p0', resumed: false, ...data });
  }
  break(code = 1006, reason = ''): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
  sentOf(type: string): Envelope[] {
    return this.sent.filter((x) => x.type === type);
  }
}

/** Network and clock in the hand of the test. */
export class FakeWorld implements Surroundings {
  readonly sockets: FakeSocket[] = [];
  /** What was connected to, without the position in it, which is in `positions`; undefined where there was none. */
  readonly urls: string[] = [];
  readonly positions: (string | undefined)[] = [];
  time = 0;
  chance = 0;
  private timers: { id: number; at: number; run: () => void }[] = [];
  private lastId = 0;

  open(url: string, protocol: string): Socket {
    const position = /[?&]position=([^&]*)/.exec(url);
    this.urls.push(`${position ? url.replace(position[0], '') : url} ${protocol}`);
    this.positions.push(position ? decodeURIComponent(position[1]!) : undefined);
    this.sockets.push(new FakeSocket());
    return this.socket;
  }
  get socket(): FakeSocket {
    return this.sockets.at(-1)!;
  }
  now(): number {
    return this.time;
  }
  random(): number {
    return this.chance;
  }
  after(ms: number, run: () => void): number {
    this.timers.push({ id: ++this.lastId, at: this.time + ms, run });
    return this.lastId;
  }
  cancel(timer: number): void {
    this.timers = this.timers.filter((t) => t.id !== timer);
  }

  /** Lets time pass, and what is due happen. */
  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.cancel(next.id);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
  }
}

/** Writes down what it is told. */
export class Notes implements Listener {
  readonly messages: Envelope[] = [];
  snapshots = 0;
  lives = 0;
  phases: string[] = [];

  message(x: Envelope): void {
    this.messages.push(x);
  }
  newLife(): void {
    this.lives += 1;
  }

  snapshot(): void {
    this.snapshots += 1;
  }
  changed(link: Readonly<Link>): void {
    if (this.phases.at(-1) !== link.phase) this.phases.push(link.phase);
  }
}

import type { Envelope } from './protocol';

/**
 * `refused`: the node wants a token; `ended`: it closed the connection with a code after which no client comes back by
 * itself; `offline`: the browser has no network.
 */
export type Phase = 'connecting' | 'live' | 'waiting' | 'refused' | 'ended' | 'offline';

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
  /** When the node is asked again for what it refused for now, on the same clock; 0: it refused nothing. */
  askAgainAt: number;
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
  message(x: Envelope): void;
  /** What is known is not to be trusted any more: a snapshot of the whole follows. */
  snapshot(): void;
  /** The node is another than the one that was known by its name: it was started anew. */
  newLife(): void;
  changed(link: Readonly<Link>): void;
}

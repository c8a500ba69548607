import type { Link } from '../link';
import { byId, figure, say } from './dom';

/** So long without a message about the town, and the page says so, milliseconds. */
const QUIET_MS = 20_000;

/** The connection in words: what is announced, and what is only shown. */
export function describe(link: Readonly<Link>): string {
  switch (link.phase) {
    case 'live': return link.behind > 0 ? 'Catching up' : 'Live';
    case 'connecting': return link.connects ? 'Reconnecting' : 'Connecting';
    case 'waiting': return 'Reconnecting';
    case 'offline': return 'Offline';
    case 'refused': return 'Not admitted';
    case 'ended': return 'Ended';
  }
}

/** How long nothing was heard of the town, in words; empty while that is nothing special. Times in milliseconds. */
export function silence(link: Readonly<Link>, now: number, newsAt: number): string {
  const quiet = now - newsAt;
  if (link.phase !== 'live' || quiet < QUIET_MS) return '';
  const seconds = Math.floor(quiet / 1000);
  const long = seconds < 120 ? `${seconds} s` : seconds < 7_200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
  return `no messages for ${long}`;
}

/** What the page waits for, and why, in a sentence; empty when it waits for nothing. `now` is on the clock of the link. */
export function waiting(link: Readonly<Link>, now: number): string {
  const why = link.reason.replace(/[.\s]+$/, '');
  const seconds = Math.max(1, Math.ceil((link.askAgainAt - now) / 1000));
  switch (link.phase) {
    case 'live': return link.askAgainAt ? `Not all is shown yet: the page asks again in ${seconds} s. The node says: ${why}` : '';
    case 'waiting': return why ? `The connection ended: ${why}` : '';
    case 'ended': return `The node ended the connection: ${why}. Reload the page to connect again`;
    default: return '';
  }
}

/** State of the connection, and the figures in the bar. */
export class Status {
  private readonly root = byId('status');
  private readonly words = byId('status-text');
  private readonly countdown = byId('status-count');
  private readonly characters = byId('meter-characters');
  private readonly rate = byId('meter-rate');
  private readonly latency = byId('meter-latency');
  private quiet = false;

  show(link: Readonly<Link>): void {
    const live = link.phase === 'live';
    this.root.dataset.phase = live && link.behind > 0 ? 'behind' : live && this.quiet ? 'quiet' : link.phase;
    this.root.title = [link.node && `node ${link.node}`, link.server, link.reason].filter(Boolean).join(' · ');
    say(this.words, describe(link));
    say(this.latency, link.latency === undefined ? '–' : `${Math.max(1, Math.round(link.latency))} ms`);
  }

  /** Once a second. `now` and `newsAt`, when something of the town was last heard, are on the clock of the link. */
  tick(link: Readonly<Link>, now: number, newsAt: number): void {
    const seconds = Math.ceil((link.retryAt - now) / 1000);
    const quiet = silence(link, now, newsAt);
    say(this.countdown, link.phase === 'waiting' && seconds > 0 ? `${seconds} s` : quiet);
    if (this.quiet === (quiet !== '')) return;
    this.quiet = !this.quiet;
    this.show(link);
  }

  figures(characters: number, rate: number): void {
    say(this.characters, figure(characters));
    say(this.rate, figure(rate));
  }
}

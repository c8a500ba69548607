import type { Link } from '../connection';
import { byId, figure, say } from './dom';

/** The connection in words: what is announced, and what is only shown. */
export function describe(link: Readonly<Link>): string {
  switch (link.phase) {
    case 'live': return link.behind > 0 ? 'Catching up' : 'Live';
    case 'connecting': return link.connects ? 'Reconnecting' : 'Connecting';
    case 'waiting': return 'Reconnecting';
    case 'offline': return 'Offline';
    case 'refused': return 'Not admitted';
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

  show(link: Readonly<Link>): void {
    this.root.dataset.phase = link.phase === 'live' && link.behind > 0 ? 'behind' : link.phase;
    this.root.title = [link.node && `node ${link.node}`, link.server, link.reason].filter(Boolean).join(' · ');
    say(this.words, describe(link));
    say(this.latency, link.latency === undefined ? '–' : `${Math.max(1, Math.round(link.latency))} ms`);
  }

  /** Once a second. `now` is on the clock of the connection. */
  tick(link: Readonly<Link>, now: number, characters: number, rate: number): void {
    const seconds = Math.ceil((link.retryAt - now) / 1000);
    say(this.countdown, link.phase === 'waiting' && seconds > 0 ? `${seconds} s` : '');
    say(this.characters, figure(characters));
    say(this.rate, figure(rate));
  }
}

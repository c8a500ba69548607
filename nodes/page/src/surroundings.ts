import type { Socket, Surroundings } from './link';

/** The real network, clock and chance. */
export const browser: Surroundings = {
  open: (url, protocol) => new WebSocket(url, protocol) as Socket,
  now: () => performance.now(),
  random: () => Math.random(),
  after: (ms, run) => window.setTimeout(run, ms),
  cancel: (timer) => window.clearTimeout(timer),
};

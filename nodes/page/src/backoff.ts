const FIRST_MS = 400;
const LONGEST_MS = 15_000;

/**
 * How long to wait before reconnection number `attempt` (0 is the first), in milliseconds: doubled each
 * time up to 15 s, of which a random half is taken off, so that a thousand pages whose node
 * went away do not come back in the same instant. `random` is in [0, 1).
 */
export function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 20));
  return ceiling / 2 + (random * ceiling) / 2;
}

/** What a poller needs of the world; a test has one of its own. */
export interface Clockwork {
  after(ms: number, run: () => void): number;
  cancel(timer: number): void;
  hidden(): boolean;
}

export const browserClockwork: Clockwork = {
  after: (ms, run) => window.setTimeout(run, ms),
  cancel: (timer) => window.clearTimeout(timer),
  hidden: () => document.hidden,
};

const LONGEST_MS = 15_000;

/**
 * Asks again and again: one question at a time, the next one some time after the last was answered, later and later while
 * it fails, and not while nobody looks.
 */
export class Poller {
  private timer: number | undefined;
  private running: AbortController | undefined;
  private failures = 0;
  private on = false;

  constructor(
    private readonly work: (signal: AbortSignal) => Promise<void>, private readonly everyMs: number,
    private readonly clockwork: Clockwork = browserClockwork,
  ) {}

  start(): void {
    if (this.on) return;
    this.on = true;
    this.kick();
  }

  stop(): void {
    this.on = false;
    this.running?.abort();
    this.running = undefined;
    if (this.timer !== undefined) this.clockwork.cancel(this.timer);
    this.timer = undefined;
  }

  /** Asks now, and forgets the question that is under way. */
  kick(): void {
    if (!this.on) return;
    if (this.timer !== undefined) this.clockwork.cancel(this.timer);
    this.timer = undefined;
    this.running?.abort();
    const mine = new AbortController();
    this.running = mine;
    void this.run(mine);
  }

  private async run(mine: AbortController): Promise<void> {
    try {
      if (!this.clockwork.hidden()) await this.work(mine.signal);
      this.failures = 0;
    } catch {
      // Whoever works tells of it; here it only takes longer until the next time. What was called off did not fail.
      if (!mine.signal.aborted) this.failures += 1;
    }
    if (this.running !== mine || !this.on) return;
    this.running = undefined;
    const pause = Math.min(LONGEST_MS, this.everyMs * 2 ** Math.min(this.failures, 4));
    this.timer = this.clockwork.after(pause, () => this.kick());
  }
}

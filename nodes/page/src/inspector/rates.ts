/** The latest values of something, oldest first, for a small line. */
export class Series {
  readonly values: number[] = [];

  constructor(private readonly most = 60) {}

  add(x: number): void {
    this.values.push(x);
    if (this.values.length > this.most) this.values.shift();
  }
}

interface Seen {
  at: number;
  counters: readonly number[];
  rates: number[] | undefined;
}

/** Makes rates of counters that are read from time to time. Forgets what was not read for a while. */
export class Rates {
  private readonly seen = new Map<string, Seen>();

  /** `shortest`: readings that are nearer to each other than this are taken as one, milliseconds. */
  constructor(private readonly shortest = 400, private readonly forgetAfter = 60_000) {}

  /**
   * Takes the counters of `key` at `at` (milliseconds on any clock); returns how much each grows a second, or
   * undefined where that is not known yet. A counter that fell began anew.
   */
  read(key: string, counters: readonly number[], at: number): number[] | undefined {
    const last = this.seen.get(key);
    if (last && at - last.at < this.shortest) return last.rates;
    const rates = last && counters.map((x, i) => {
      const grown = x - (last.counters[i] ?? 0);
      return (grown < 0 ? x : grown) / ((at - last.at) / 1000);
    });
    this.seen.set(key, { at, counters: [...counters], rates });
    return rates;
  }

  /** What `read` gave last. */
  last(key: string): number[] | undefined {
    return this.seen.get(key)?.rates;
  }

  tidy(at: number): void {
    for (const [key, x] of this.seen) if (at - x.at > this.forgetAfter) this.seen.delete(key);
  }
}

import { edgeUrl } from './addresses';

/** The edges of the cluster that a page may connect to, its own first, and which of them is tried. */
export class Edges {
  private all: string[];
  private turn = 0;

  constructor(private readonly own: string) {
    this.all = [own];
  }

  get current(): string {
    return this.all[this.turn] ?? this.own;
  }

  /** The next in turn. */
  next(): void {
    this.turn = (this.turn + 1) % this.all.length;
  }

  /**
   * A welcome named these others. A node that is cut off from the others names none: what was known may still be right.
   */
  learn(others: string[] | undefined): void {
    if (!others) return;
    const here = this.current;
    const found = others.map((x) => edgeUrl(x, this.own)).filter((x) => x !== undefined);
    this.all = [...new Set([this.own, here, ...found])];
    this.turn = this.all.indexOf(here);
  }
}

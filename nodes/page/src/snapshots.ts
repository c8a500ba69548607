import type { Store } from './store';
import type { Envelope } from './protocol';

/** Who is not in a snapshot so long after it was asked for is not there any more: where the node marks no end of it. */
const WITHOUT_MARKS_MS = 5_000;

/**
 * Knows when a snapshot of the whole has come: then whoever is not in it is gone. A node says so by `snapshot_begin` and
 * `snapshot_end` around it; of one that does not, it is taken for granted after a while.
 */
export class Snapshots {
  private timer = 0;

  /** Without marks, nobody goes unless the connection is `live`. `swept` is told how many went. */
  constructor(private readonly store: Store, private readonly live: () => boolean, private readonly swept: (count: number) => void) {}

  /** A snapshot was asked for, or is to come: nothing that is known is to be trusted any more. */
  expect(): void {
    this.store.beginSnapshot();
    this.stop();
    this.timer = window.setTimeout(() => this.live() && this.end(), WITHOUT_MARKS_MS);
  }

  /** It does not come: the connection is gone, or the node refused it for now. */
  stop(): void {
    clearTimeout(this.timer);
  }

  /** Takes in the marks; false when this is none. */
  take(x: Envelope): boolean {
    if (x.type === 'snapshot_begin') {
      this.stop();
      this.store.beginSnapshot();
    } else if (x.type === 'snapshot_end') {
      this.stop();
      this.end();
    } else {
      return false;
    }
    return true;
  }

  private end(): void {
    const count = this.store.sweep();
    if (count) this.swept(count);
  }
}

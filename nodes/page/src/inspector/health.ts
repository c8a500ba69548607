import type { Cluster, LinkRow, NodeRow } from './model';

/** How a node is, in a word, a sign, and a tone for its colour. */
export interface Health {
  word: 'up' | 'piling up' | 'leaving' | 'silent' | 'gone';
  mark: string;
  tone: 'good' | 'warn' | 'bad';
  sentence: string;
}

/** More messages than this that wait on a node are no passing crowd. */
const PILE = 5_000;
/** How long a node that left is still shown, milliseconds. */
const MOURNED_MS = 300_000;

export interface KnownNode extends NodeRow {
  /** When it was seen last, where it is not in the cluster any more; milliseconds. */
  goneSince: number | undefined;
}

export function healthOf(x: KnownNode): Health {
  if (x.goneSince !== undefined) return { word: 'gone', mark: '✕', tone: 'bad', sentence: 'It is no member of the cluster any more.' };
  if (x.state === 'leaving') return { word: 'leaving', mark: '◐', tone: 'warn', sentence: 'It hands over and ends.' };
  if (x.actors === undefined) return { word: 'silent', mark: '?', tone: 'bad', sentence: 'It is a member but does not answer.' };
  if ((x.mailbox ?? 0) > PILE) return { word: 'piling up', mark: '▲', tone: 'warn', sentence: `${x.mailbox} messages wait in its mailboxes.` };
  return { word: 'up', mark: '●', tone: 'good', sentence: 'It answers.' };
}

/** How a link is: live, and not behind. */
export function linkTone(x: LinkRow): Health['tone'] {
  if (x.phase !== 'live') return 'bad';
  return x.breaker !== 'closed' && x.breaker !== '' ? 'warn' : x.window > 0 && x.inFlight / x.window > 0.9 ? 'warn' : 'good';
}

/** The nodes, those that went lately among them. */
export class Roll {
  private readonly known = new Map<string, KnownNode>();
  private readonly seenAt = new Map<string, number>();

  /** Takes what the cluster is now; `now` in milliseconds on any clock. Own node first, then by name. */
  take(x: Cluster, now: number): KnownNode[] {
    const here = new Set(x.nodes.map((n) => n.id));
    for (const node of x.nodes) {
      this.known.set(node.id, { ...node, goneSince: undefined });
      this.seenAt.set(node.id, now);
    }
    for (const node of this.known.values()) {
      if (here.has(node.id)) continue;
      node.goneSince ??= this.seenAt.get(node.id) ?? now;
      node.self = false;
      if (now - node.goneSince > MOURNED_MS) this.known.delete(node.id);
    }
    return [...this.known.values()].sort((a, b) => Number(b.self) - Number(a.self) || (a.id < b.id ? -1 : 1));
  }
}

/** The address of a node's own inspector, if it told a web address; anything else is no link. */
export function inspectorOf(x: NodeRow): string | undefined {
  try {
    const url = new URL(x.admin);
    url.pathname = `${url.pathname.replace(/\/$/, '')}/inspector`;
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

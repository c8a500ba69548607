import { isObject, text } from '../protocol';
import type { Api } from './api';
import { linkTone } from './health';
import { readLink, rows, type LinkRow } from './model';

/** More links than this are not asked for: so many are of more than 30 nodes. */
const MOST = 1_000;

/** What the actors behind the links tell of them: each node of its own sides. Where nodes do not tell, there are none. */
export async function linksTold(api: Api, signal: AbortSignal): Promise<LinkRow[]> {
  const answer = await api.get('actors', { kind: 'peer_link', node: 'all', state: true, limit: MOST }, signal);
  return rows(answer, 'actors').flatMap((x) => {
    const state = x.state ?? null;
    return isObject(state) && text(state, 'phase') ? [readLink(state, text(x, 'node'))] : [];
  });
}

/** Puts what was told later, and of others, to what the node said of its own links. */
export function joinLinks(own: readonly LinkRow[], told: readonly LinkRow[]): LinkRow[] {
  const same = (x: LinkRow, y: LinkRow): boolean => x.from === y.from && x.to === y.to;
  return [...own.map((x) => told.find((y) => same(x, y)) ?? x), ...told.filter((x) => !own.some((y) => same(x, y)))];
}

/** What a pair of nodes is called, whoever of them is named first. */
export const pairOf = (x: LinkRow): string => [x.from, x.to].sort().join(' – ');

const TROUBLE = { bad: 0, warn: 1, good: 2 };

/** One side of each pair of nodes: the worse one, else that of `self`, else the first by name. Trouble first, then own. */
export function worseSides(all: readonly LinkRow[], self: string): LinkRow[] {
  const own = (x: LinkRow): number => (x.from === self ? 0 : x.to === self ? 1 : 2);
  const order = (x: LinkRow, y: LinkRow): number =>
    TROUBLE[linkTone(x)] - TROUBLE[linkTone(y)] || own(x) - own(y) || (x.from < y.from ? -1 : x.from > y.from ? 1 : x.to < y.to ? -1 : 1);
  const seen = new Set<string>();
  return [...all].sort(order).filter((x) => !seen.has(pairOf(x)) && seen.add(pairOf(x)));
}

/** How the links of `members` nodes are, in words. */
export function linkWords(pairs: readonly LinkRow[], members: number): string {
  const wanted = Math.max(pairs.length, (members * (members - 1)) / 2);
  if (!wanted) return '';
  const live = pairs.filter((x) => linkTone(x) === 'good').length;
  const some = [live === wanted ? 'all of them live' : `${live} live`];
  if (live < pairs.length) some.push(`${pairs.length - live} in trouble`);
  if (pairs.length < wanted) some.push(`${wanted - pairs.length} not known (neither node tells of it)`);
  return `${wanted} ${wanted === 1 ? 'link' : 'links'}: ${some.join(', ')}.`;
}

import { isObject, text } from '../protocol';
import type { Api } from './api';
import { readActor, readLink, rows, type LinkRow } from './model';

/** Links of other nodes that are asked for: each costs a question. Larger clusters show those of the own node alone. */
const MOST = 12;

/**
 * The links between the other nodes, as the actors behind them tell of them; of each pair only one side. Where nodes do
 * not tell, there are none.
 */
export async function linksElsewhere(api: Api, self: string, signal: AbortSignal): Promise<LinkRow[]> {
  const wanted = (from: string, to: string): boolean => from < to && to !== self;
  const answer = await api.get('actors', { kind: 'peer_link', node: 'all', limit: 100 }, signal);
  const others = rows(answer, 'actors').map(readActor).filter((x) => x.node !== self && (!x.label || wanted(x.node, x.label)));
  if (others.length > MOST) return [];
  const found: LinkRow[] = [];
  for (const x of others) {
    const one = await api.get(`actors/${x.id}`, { node: x.node }, signal);
    const state = isObject(one) ? one.state ?? null : null;
    if (isObject(state) && text(state, 'phase') && wanted(x.node, text(state, 'node'))) found.push(readLink(state, x.node));
  }
  return found;
}

import { isObject, text } from '../protocol';
import type { Api } from './api';
import { readActor, readLink, rows, type LinkRow } from './model';

/** Links that are asked for: each costs a question. In a larger cluster those of the own node alone are shown. */
const MOST = 12;

/**
 * What the actors behind the links tell of them: those of the node `self`, and of each other pair one side. Where nodes
 * do not tell, there are none.
 */
export async function linksTold(api: Api, self: string, signal: AbortSignal): Promise<LinkRow[]> {
  const wanted = (from: string, to: string): boolean => from === self || (from < to && to !== self);
  const answer = await api.get('actors', { kind: 'peer_link', node: 'all', limit: 100 }, signal);
  const all = rows(answer, 'actors').map(readActor).filter((x) => !x.label || wanted(x.node, x.label));
  const found: LinkRow[] = [];
  for (const x of all.length > MOST ? [] : all) {
    const one = await api.get(`actors/${x.id}`, { node: x.node }, signal);
    const state = isObject(one) ? one.state ?? null : null;
    if (isObject(state) && text(state, 'phase') && wanted(x.node, text(state, 'node'))) found.push(readLink(state, x.node));
  }
  return found;
}

/** Puts what was told later, and of others, to what the node said of its own links. */
export function joinLinks(own: readonly LinkRow[], told: readonly LinkRow[]): LinkRow[] {
  const same = (x: LinkRow, y: LinkRow): boolean => x.from === y.from && x.to === y.to;
  return [...own.map((x) => told.find((y) => same(x, y)) ?? x), ...told.filter((x) => !own.some((y) => same(x, y)))];
}

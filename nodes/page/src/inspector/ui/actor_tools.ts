import { byId } from '../../ui/dom';
import type { KnownNode } from '../health';
import type { Actor } from '../model';

/** What the list shows; an empty text means all, or the node that is asked. */
export interface Tools {
  mode: 'tree' | 'top' | 'ended';
  node: string;
  kind: string;
  sort: string;
  text: string;
}

export interface Sort {
  name: string;
  key(x: Actor): number;
  /** It is about the last second, which the node has to be asked for. */
  window: boolean;
  extra: 'restarts' | 'peak' | 'skipped';
}

export const SORTS: Record<string, Sort> = {
  busy: { name: 'time in handlers', key: (x) => x.busyShare ?? x.busy, window: true, extra: 'restarts' },
  mailbox: { name: 'messages that wait', key: (x) => x.mailbox, window: true, extra: 'peak' },
  handled: { name: 'messages handled', key: (x) => x.handledRate ?? x.handled, window: true, extra: 'restarts' },
  wait: { name: 'time in the mailbox', key: (x) => x.wait, window: true, extra: 'restarts' },
  peak: { name: 'longest mailbox', key: (x) => x.peak, window: false, extra: 'peak' },
  skipped: { name: 'messages skipped', key: (x) => x.skipped, window: false, extra: 'skipped' },
  restarts: { name: 'restarts', key: (x) => x.restarts, window: false, extra: 'restarts' },
  id: { name: 'id', key: (x) => -x.id, window: false, extra: 'restarts' },
};

export function readTools(x: URLSearchParams): Tools {
  const mode = x.get('mode');
  const sort = x.get('sort') ?? '';
  return {
    mode: mode === 'top' || mode === 'ended' ? mode : 'tree', node: x.get('node') ?? '', kind: x.get('kind') ?? '',
    sort: Object.hasOwn(SORTS, sort) ? sort : 'busy', text: x.get('text') ?? '',
  };
}

/** As short as can be: what is usual is left out. */
export function writeTools(x: Tools): URLSearchParams {
  const result = new URLSearchParams();
  if (x.mode !== 'tree') result.set('mode', x.mode);
  if (x.node) result.set('node', x.node);
  if (x.kind) result.set('kind', x.kind);
  if (x.sort !== 'busy') result.set('sort', x.sort);
  if (x.text) result.set('text', x.text);
  return result;
}

/** Offers these choices, unless they are offered already; keeps what is chosen. */
function offer(select: HTMLSelectElement, choices: readonly [string, string][], chosen: string): void {
  const all = choices.some(([value]) => value === chosen) ? choices : [...choices, [chosen, chosen] as const];
  const same = all.length === select.options.length && all.every(([value, words], i) => select.options[i]!.value === value && select.options[i]!.text === words);
  if (same) return;
  select.replaceChildren(...all.map(([value, words]) => new Option(words, value)));
  select.value = chosen;
}

export function fillNodes(nodes: readonly KnownNode[], self: string, chosen: string): void {
  const others = nodes.filter((x) => !x.self && x.goneSince === undefined).map((x): [string, string] => [x.id, x.id]);
  offer(byId<HTMLSelectElement>('actor-node'), [['', self || 'this node'], ...others, ...(others.length ? [['all', 'all nodes'] as [string, string]] : [])], chosen);
}

export function fillKinds(kinds: readonly string[], chosen: string): void {
  const sorted = [...new Set(kinds)].sort();
  offer(byId<HTMLSelectElement>('actor-kind'), [['', 'all kinds'], ...sorted.map((x): [string, string] => [x, x])], chosen);
}

export function fillSorts(): void {
  offer(byId<HTMLSelectElement>('actor-sort'), Object.entries(SORTS).map(([value, x]): [string, string] => [value, x.name]), 'busy');
}

export const VIEWS = ['cluster', 'actors', 'traces'] as const;
export type View = (typeof VIEWS)[number];

/** What the address says is to be seen. */
export interface Route {
  view: View;
  /** The chosen actor, `node` and `id`. */
  actor: { node: string; id: number } | undefined;
  /** The chosen trace. */
  trace: string | undefined;
  /** Node, kind and so on of the list; the subject of a new trace. */
  query: URLSearchParams;
}

/** Reads `#/actors/NODE/17?kind=hub`. What makes no sense leads to the cluster. */
export function readRoute(hash: string): Route {
  const [path = '', words = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name, first, second] = path.split('/').map(decode);
  const view = VIEWS.find((x) => x === name) ?? 'cluster';
  const id = Number(second);
  return {
    view,
    actor: view === 'actors' && first && Number.isSafeInteger(id) && id > 0 ? { node: first, id } : undefined,
    trace: (view === 'traces' && first) || undefined,
    query: new URLSearchParams(words),
  };
}

export function writeRoute(x: Route): string {
  const path = [x.view];
  const parts: string[] = x.actor ? [x.actor.node, String(x.actor.id)] : x.trace ? [x.trace] : [];
  const query = x.query.toString();
  return `#/${[...path, ...parts.map(encodeURIComponent)].join('/')}${query && `?${query}`}`;
}

function decode(word: string): string {
  try {
    return decodeURIComponent(word);
  } catch {
    return word;
  }
}

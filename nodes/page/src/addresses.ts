/**
 * Where things are, as seen from the document. It may stand behind a proxy under a path of its own, such as
 * `https://example.org/town/`; so nothing begins at the root of the host.
 */

/** What the page itself says about what it watches: nothing that is handed on from its own address. */
const OURS = ['subscribe', 'position', 'area', 'snapshot'];

/** The WebSocket of the node that served the document at `base`. A query is kept: a proxy may choose or admit by it. */
export function socketUrl(base: string): string {
  const result = new URL('ws', base);
  result.protocol = result.protocol === 'https:' ? 'wss:' : 'ws:';
  result.search = new URL(base).search;
  for (const name of OURS) result.searchParams.delete(name);
  return result.href;
}

/**
 * Another edge, which a welcome named, with the query of our `own` address; undefined when it is none, or when a page may
 * not connect to it. The path that it was named with is its own: a proxy in front of our edge says nothing of how another
 * is reached. Without a path it is the node itself.
 */
export function edgeUrl(edge: string, own: string): string | undefined {
  try {
    const result = new URL(edge);
    const mine = new URL(own);
    if (!/^wss?:$/.test(result.protocol) || (mine.protocol === 'wss:' && result.protocol === 'ws:')) return undefined;
    if (result.pathname === '/') result.pathname = '/ws';
    result.search = mine.search;
    result.hash = '';
    return result.href;
  } catch {
    return undefined;
  }
}

/** The address with one more field in its query. */
export function withQuery(url: string, name: string, value: string): string {
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${encodeURIComponent(value)}`;
}

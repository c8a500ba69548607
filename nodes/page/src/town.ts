import type { Json } from './protocol';

/**
 * What the node says of its town: `{places: [{name, x, y, kind}], streets: [{name, points: [[x, y], ...]}]}`.
 * Undefined when it says nothing: an external simulation's town is known by its traffic only.
 */
export async function fetchTown(): Promise<Json | undefined> {
  try {
    const answer = await fetch('api/town.json', { headers: { accept: 'application/json' } });
    return answer.ok ? ((await answer.json()) as Json) : undefined;
  } catch {
    return undefined;
  }
}

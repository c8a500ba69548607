import { isObject, text, type Json, type JsonObject } from '../protocol';

/** Why a request was not answered as wished. `status` is that of HTTP; 0: there was no answer at all. */
export class ApiError extends Error {
  constructor(readonly status: number, words: string) {
    super(words);
  }

  /** The node wants another token, or none of this kind. */
  get refused(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/** What is asked besides the path; undefined and empty members are left out. */
export type Query = Record<string, string | number | boolean | undefined>;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How long an answer may take, milliseconds: a node asks its peers for no longer than two seconds. */
const PATIENCE_MS = 8_000;
/** Relative to the document, which may stand behind a proxy under a path of its own. */
const ROOT = 'api/v1/';

/** The inspection API of the node that served this page. */
export class Api {
  /** Told after each request: undefined when the node answered, else why it did not. */
  heard: (trouble: ApiError | undefined) => void = () => {};

  constructor(private readonly fetcher: Fetch, public token = '') {}

  get(path: string, query: Query = {}, signal?: AbortSignal): Promise<Json> {
    return this.ask('GET', path + encode(query), undefined, signal);
  }

  post(path: string, body: JsonObject): Promise<Json> {
    return this.ask('POST', path, body);
  }

  delete(path: string): Promise<Json> {
    return this.ask('DELETE', path);
  }

  private async ask(method: string, path: string, body?: JsonObject, signal?: AbortSignal): Promise<Json> {
    try {
      const answer = await this.send(method, path, body, signal);
      this.heard(undefined);
      return answer;
    } catch (error) {
      if (signal?.aborted) throw error;
      const trouble = error instanceof ApiError ? error : new ApiError(0, 'the node does not answer');
      // An error that the node itself tells of is an answer.
      this.heard(trouble.status === 0 || trouble.refused ? trouble : undefined);
      throw trouble;
    }
  }

  private send(method: string, path: string, body?: JsonObject, signal?: AbortSignal): Promise<Json> {
    const headers = new Headers({ accept: 'application/json' });
    if (this.token) {
      try {
        headers.set('authorization', `Bearer ${this.token}`);
      } catch {
        throw new ApiError(401, 'no token has such letters');
      }
    }
    if (body) headers.set('content-type', 'application/json');
    const init: RequestInit = { method, headers, body: body ? JSON.stringify(body) : null, cache: 'no-store', credentials: 'omit', redirect: 'error' };
    return inTime(signal, async (either) => this.read(await this.fetcher(ROOT + path, { ...init, signal: either })));
  }

  private async read(response: Response): Promise<Json> {
    const words = await response.text();
    let answer: Json | undefined;
    try {
      answer = JSON.parse(words) as Json;
    } catch {
      answer = undefined;
    }
    if (response.ok && answer !== undefined) return answer;
    const said = isObject(answer) ? text(answer, 'error') : words.trim().slice(0, 300);
    throw new ApiError(response.status, said || `the node answered ${response.status}`);
  }
}

/** Runs `work` with a signal that is raised when `signal` is, or when it takes too long. */
async function inTime<T>(signal: AbortSignal | undefined, work: (either: AbortSignal) => Promise<T>): Promise<T> {
  const either = new AbortController();
  const abort = (): void => either.abort();
  const timer = setTimeout(abort, PATIENCE_MS);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    return await work(either.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

function encode(query: Query): string {
  const given = new URLSearchParams();
  for (const [key, x] of Object.entries(query)) if (x !== undefined && x !== '') given.set(key, String(x));
  const words = given.toString();
  return words && `?${words}`;
}

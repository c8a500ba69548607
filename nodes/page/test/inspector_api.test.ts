import { describe, expect, it, vi } from 'vitest';
import { Api, ApiError, type Fetch } from '../src/inspector/api';
import { joinLinks, linksTold, linkWords, worseSides } from '../src/inspector/links';
import { readLink } from '../src/inspector/model';
import { Poller, type Clockwork } from '../src/inspector/poller';
import { Rates, Series } from '../src/inspector/rates';
import type { Json, JsonObject } from '../src/protocol';

interface Sent {
  url: string;
  init: RequestInit;
}

/** An API whose other end answers `status` and `body` to everything. */
function answering(status: number, body: string, token = ''): { api: Api; sent: Sent[]; heard: (ApiError | undefined)[] } {
  const sent: Sent[] = [];
  const heard: (ApiError | undefined)[] = [];
  const fetcher: Fetch = (url, init) => {
    sent.push({ url, init });
    return Promise.resolve(new Response(body, { status }));
  };
  const api = new Api(fetcher, token);
  api.heard = (x) => heard.push(x);
  return { api, sent, heard };
}

const trouble = async (work: Promise<unknown>): Promise<ApiError> => work.then(() => expect.fail('it went well'), (e: ApiError) => e);

describe('a question to the API', () => {
  it('goes out with what is asked and the token, and nothing empty', async () => {
    const { api, sent, heard } = answering(200, '{"nodes":[]}', 'secret');
    await expect(api.get('nodes', { node: 'all', kind: '', sort: undefined, tree: true })).resolves.toEqual({ nodes: [] });
    expect(sent[0]!.url).toBe('api/v1/nodes?node=all&tree=true');
    expect(new Headers(sent[0]!.init.headers).get('authorization')).toBe('Bearer secret');
    expect(heard).toEqual([undefined]);
  });

  it('has no token in it where there is none', async () => {
    const { api, sent } = answering(200, '{}');
    await api.get('nodes');
    expect(new Headers(sent[0]!.init.headers).has('authorization')).toBe(false);
  });

  it('of an act is JSON, which no form can send', async () => {
    const { api, sent } = answering(200, '{"ok":true}');
    await api.post('actions', { action: 'close', connection: 'c1' });
    expect(new Headers(sent[0]!.init.headers).get('content-type')).toBe('application/json');
    expect([sent[0]!.init.method, sent[0]!.init.body]).toEqual(['POST', '{"action":"close","connection":"c1"}']);
  });

  it.each([
    [401, "an operator's token is needed\n", true, "an operator's token is needed"],
    [403, 'this takes the role operator\n', true, 'this takes the role operator'],
    [404, '{"error":"no actor 9 lives on node a"}', false, 'no actor 9 lives on node a'],
    [409, '{"ok":false,"error":"a hub cannot be restarted"}', false, 'a hub cannot be restarted'],
    [500, '', false, 'the node answered 500'],
    [200, '<html>', false, '<html>'],
  ])('that is answered %i fails in the words of the node', async (status, body, refused, words) => {
    const { api, heard } = answering(status, body);
    const error = await trouble(api.get('x'));
    expect([error.status, error.refused, error.message]).toEqual([status, refused, words]);
    // Only a refusal or a silence is trouble of the whole page.
    expect(heard).toEqual([refused ? error : undefined]);
  });

  it('that nobody answers fails as that', async () => {
    const api = new Api(() => Promise.reject(new TypeError('failed to fetch')));
    expect((await trouble(api.get('x'))).status).toBe(0);
  });

  it('that takes too long is given up', async () => {
    vi.useFakeTimers();
    const api = new Api((_, init) => new Promise((_done, fail) => init.signal!.addEventListener('abort', () => fail(new Error('aborted')))));
    const failed = trouble(api.get('x'));
    await vi.advanceTimersByTimeAsync(8_000);
    expect((await failed).message).toBe('the node does not answer');
    vi.useRealTimers();
  });

  it('that is called off tells nobody of it', async () => {
    const heard: unknown[] = [];
    const api = new Api((_, init) => new Promise((_done, fail) => init.signal!.addEventListener('abort', () => fail(new Error('aborted')))));
    api.heard = (x) => heard.push(x);
    const off = new AbortController();
    const failed = trouble(api.get('x', {}, off.signal));
    off.abort();
    await failed;
    expect(heard).toEqual([]);
  });

  it('with a token of impossible letters is a bad token', async () => {
    const { api, sent } = answering(200, '{}', 'žeton\n');
    expect((await trouble(api.get('x'))).status).toBe(401);
    expect(sent).toEqual([]);
  });
});

class FakeClockwork implements Clockwork {
  readonly timers = new Map<number, { ms: number; run: () => void }>();
  looked = true;
  private last = 0;

  after(ms: number, run: () => void): number {
    this.timers.set(++this.last, { ms, run });
    return this.last;
  }
  cancel(timer: number): void {
    this.timers.delete(timer);
  }
  hidden(): boolean {
    return !this.looked;
  }
  get pauses(): number[] {
    return [...this.timers.values()].map((x) => x.ms);
  }
  async fire(): Promise<void> {
    const [id, x] = [...this.timers][0]!;
    this.timers.delete(id);
    x.run();
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

describe('a poller', () => {
  it('asks one thing at a time, and again after a while', async () => {
    const clockwork = new FakeClockwork();
    let asked = 0;
    let answer = (): void => {};
    const poller = new Poller(() => new Promise((done) => ((asked += 1), (answer = done))), 1000, clockwork);
    poller.start();
    poller.start();
    expect([asked, clockwork.pauses]).toEqual([1, []]);
    answer();
    await settled();
    expect(clockwork.pauses).toEqual([1000]);
    await clockwork.fire();
    expect(asked).toBe(2);
  });

  it('asks later and later while it fails', async () => {
    const clockwork = new FakeClockwork();
    const poller = new Poller(() => Promise.reject(new Error()), 1000, clockwork);
    poller.start();
    await settled();
    const pauses = [];
    for (let i = 0; i < 5; i++) {
      pauses.push(clockwork.pauses[0]);
      await clockwork.fire();
    }
    expect(pauses).toEqual([2000, 4000, 8000, 15_000, 15_000]);
  });

  it('does not ask while nobody looks', async () => {
    const clockwork = new FakeClockwork();
    clockwork.looked = false;
    let asked = 0;
    new Poller(async () => void (asked += 1), 1000, clockwork).start();
    await settled();
    expect([asked, clockwork.pauses]).toEqual([0, [1000]]);
  });

  it('forgets the old question when another matters, and all when it is stopped', async () => {
    const clockwork = new FakeClockwork();
    const signals: AbortSignal[] = [];
    const poller = new Poller((signal) => new Promise((_, fail) => (signals.push(signal), signal.addEventListener('abort', () => fail(new Error())))), 1000, clockwork);
    poller.start();
    poller.kick();
    await settled();
    expect(signals.map((x) => x.aborted)).toEqual([true, false]);
    expect(clockwork.pauses).toEqual([]);
    poller.stop();
    await settled();
    expect([signals[1]!.aborted, clockwork.pauses]).toEqual([true, []]);
    poller.kick();
    expect(signals.length).toBe(2);
  });
});

describe('rates', () => {
  it('are what a counter grows in a second', () => {
    const rates = new Rates();
    expect(rates.read('a', [10, 1], 1000)).toBeUndefined();
    expect(rates.read('a', [30, 2], 3000)).toEqual([10, 0.5]);
    expect(rates.last('a')).toEqual([10, 0.5]);
    expect(rates.last('b')).toBeUndefined();
  });

  it('take a counter that fell as one that began anew', () => {
    const rates = new Rates();
    rates.read('a', [1000], 0);
    expect(rates.read('a', [20], 1000)).toEqual([20]);
  });

  it('do not jump when two readings come at nearly the same time', () => {
    const rates = new Rates();
    rates.read('a', [0], 0);
    rates.read('a', [100], 1000);
    expect(rates.read('a', [101], 1001)).toEqual([100]);
    expect(rates.read('a', [300], 2000)).toEqual([200]);
  });

  it('forget what is not read any more', () => {
    const rates = new Rates(400, 5000);
    rates.read('a', [1], 0);
    rates.tidy(6000);
    expect(rates.read('a', [1], 6000)).toBeUndefined();
  });

  it('leave series of a bounded length', () => {
    const series = new Series(3);
    [1, 2, 3, 4].forEach((x) => series.add(x));
    expect(series.values).toEqual([2, 3, 4]);
  });
});

describe('links', () => {
  const side = (from: string, to: string, more: JsonObject = {}) => readLink({ node: to, phase: 'live', breaker: 'closed', ...more }, from);
  const of = (actors: Json) => new Api((url) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const asked = ['kind', 'node', 'state'].map((x) => searchParams.get(x)).join();
    return Promise.resolve(new Response(JSON.stringify(pathname === '/api/v1/actors' && asked === 'peer_link,all,true' ? { actors } : {})));
  });

  it('are told by all nodes in answer to one question', async () => {
    const told = await linksTold(of([{ id: 1, node: 'a', label: 'b', state: { node: 'b', phase: 'live', sent_bytes: 7 } }, { id: 1, node: 'b', label: 'a', state: { node: 'a', phase: 'waiting' } }, { id: 2, node: 'c', label: 'a', state: null }]), new AbortController().signal);
    expect(told.map((x) => [x.from, x.to, x.phase, x.sentBytes])).toEqual([['a', 'b', 'live', 7], ['b', 'a', 'waiting', 0]]);
    expect(await linksTold(of(null), new AbortController().signal)).toEqual([]);
  });

  it('of the own node are those that it said, with what was told of them', () => {
    const all = joinLinks([side('a', 'b', { sent_bytes: 1 }), side('a', 'c', { sent_bytes: 1 })], [side('b', 'c', { sent_bytes: 2 }), side('a', 'c', { sent_bytes: 2 })]);
    expect(all.map((x) => [x.from, x.to, x.sentBytes])).toEqual([['a', 'b', 1], ['a', 'c', 2], ['b', 'c', 2]]);
  });

  it('are shown by their worse side, trouble first, then those of the own node', () => {
    const bad = { phase: 'waiting' };
    const all = [side('a', 'b'), side('b', 'a'), side('a', 'c'), side('c', 'a'), side('b', 'c'), side('c', 'b', bad), side('d', 'b'), side('b', 'd'), side('d', 'a')];
    expect(worseSides(all, 'a').map((x) => `${x.from}${x.to}`)).toEqual(['cb', 'ab', 'ac', 'da', 'bd']);
    expect(worseSides(all, 'c').map((x) => `${x.from}${x.to}`)).toEqual(['cb', 'ca', 'ab', 'bd', 'da']);
  });

  it('are counted, those too of which nobody tells', () => {
    const pairs = [side('a', 'b'), side('a', 'c')];
    expect(linkWords([], 1)).toBe('');
    expect(linkWords([side('a', 'b')], 2)).toBe('1 link: all of them live.');
    expect(linkWords(pairs, 3)).toBe('3 links: 2 live, 1 not known (neither node tells of it).');
    expect(linkWords([...pairs, side('b', 'c', { breaker: 'open' })], 3)).toBe('3 links: 2 live, 1 in trouble.');
  });
});

import { describe, expect, it, vi } from 'vitest';
import { Api, ApiError, type Fetch } from '../src/inspector/api';
import { joinLinks, linksTold } from '../src/inspector/links';
import { readCluster } from '../src/inspector/model';
import { Poller, type Clockwork } from '../src/inspector/poller';
import { Rates, Series } from '../src/inspector/rates';

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
    expect(sent[0]!.url).toBe('/api/v1/nodes?node=all&tree=true');
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
  const of = (state: (node: string) => unknown) => new Api((url) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    const link = (id: number, node: string, label: string) => ({ id, node, label, kind: 'peer_link' });
    const all = [link(1, 'a', 'b'), link(2, 'a', 'c'), link(1, 'b', 'a'), link(2, 'b', 'c'), link(1, 'c', 'a'), link(2, 'c', 'b')];
    const body = pathname.endsWith('/actors') ? { actors: all } : { state: state(searchParams.get('node')!) };
    return Promise.resolve(new Response(JSON.stringify(body)));
  });

  it('are told by one side of each', async () => {
    const links = await linksTold(of((node) => ({ node: node === 'a' ? 'b' : 'c', phase: 'live', sent_bytes: node === 'b' ? 7 : 0 })), 'a', new AbortController().signal);
    expect(links.map((x) => [x.from, x.to, x.sentBytes])).toEqual([['a', 'b', 0], ['a', 'b', 0], ['b', 'c', 7]]);
  });

  it('of the own node are those that it said, with what was told of them', () => {
    const link = (from: string, to: string, bytes: number) => ({ ...readCluster({ links: [{ node: to, sent_bytes: bytes }] }, from).links[0]! });
    const all = joinLinks([link('a', 'b', 1), link('a', 'c', 1)], [link('b', 'c', 2), link('a', 'c', 2)]);
    expect(all.map((x) => [x.from, x.to, x.sentBytes])).toEqual([['a', 'b', 1], ['a', 'c', 2], ['b', 'c', 2]]);
  });

  it('are told apart by their state where the actors have no label', async () => {
    const api = new Api((url) => {
      const { pathname, searchParams } = new URL(url, 'http://x');
      const id = Number(pathname.split('/').at(-1));
      const body = pathname.endsWith('/actors') ? { actors: ['b', 'c'].flatMap((node) => [1, 2].map((i) => ({ id: i, node, label: '', kind: 'peer_link' }))) }
        : { state: { phase: 'live', node: id === 1 ? 'a' : searchParams.get('node') === 'b' ? 'c' : 'b' } };
      return Promise.resolve(new Response(JSON.stringify(body)));
    });
    expect((await linksTold(api, 'a', new AbortController().signal)).map((x) => [x.from, x.to])).toEqual([['b', 'c']]);
  });

  it('are none where nodes do not tell', async () => {
    expect(await linksTold(of(() => null), 'a', new AbortController().signal)).toEqual([]);
  });
});

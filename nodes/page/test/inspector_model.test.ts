import { describe, expect, it } from 'vitest';
import { actsOn, logLevel, subjectOf } from '../src/inspector/acts';
import { bytes, duration, millis, plural, rate, share } from '../src/inspector/format';
import { healthOf, inspectorOf, linkTone, Roll, type KnownNode } from '../src/inspector/health';
import { busyHeat, mailboxFill, mailboxHeat } from '../src/inspector/heat';
import { keyOf, readActor, readCluster, readEnded, type Actor } from '../src/inspector/model';
import { readRoute, writeRoute } from '../src/inspector/route';
import { graft, linesOf, Openings, parentLine } from '../src/inspector/tree';
import { readTools, writeTools } from '../src/inspector/ui/actor_tools';
import { placesOn } from '../src/inspector/ui/cluster_map';
import { sparkPoints } from '../src/inspector/ui/spark';
import { plain } from '../src/inspector/ui/state_view';
import type { JsonObject } from '../src/protocol';

const actor = (id: number, more: JsonObject = {}): Actor => readActor({ id, kind: 'hub', label: '', node: 'a', ...more });

describe('an actor', () => {
  it('is read with all its counters', () => {
    const x = actor(17, { kind: 'connection', label: 'c3', parent: 4, mailbox: 2, mailbox_peak: 9, handled: 5, busy_seconds: 0.5, handled_rate: 3 });
    expect(x).toMatchObject({ id: 17, kind: 'connection', label: 'c3', parent: 4, mailbox: 2, peak: 9, handled: 5, busy: 0.5, handledRate: 3, busyShare: undefined });
    expect(keyOf(x)).toBe('a/17');
  });

  it('survives an answer that makes no sense', () => {
    expect(readActor({ id: 'x', mailbox: -4, handled: null, children: [3, null, 'x'], busy_seconds: {} })).toMatchObject({ id: 0, mailbox: 0, handled: 0, children: [], busy: 0 });
    for (const x of [null, 3, 'x', [], {}, { nodes: 3 }, { nodes: [null, {}] }]) expect(readCluster(x, 'a').nodes).toEqual([]);
    expect(readEnded({ ended: [{ at: 1 }, 7, { at: 2 }] }).map((x) => x.at)).toEqual([2, 1]);
  });

  it('can be told to do what its kind can', () => {
    const names = (kind: string): string[] => actsOn(actor(1, { kind, label: 'x' })).map((x) => x.name);
    expect(names('connection')).toEqual(['Close']);
    expect(names('character_publisher')).toEqual(['Pause', 'Resume', 'Restart']);
    expect(names('hub')).toEqual([]);
    expect(actsOn(actor(1, { kind: 'connection', label: 'c3' }))[0]!.body).toEqual({ action: 'close', connection: 'c3', node: 'a' });
    expect(logLevel('b', 'debug').body).toEqual({ action: 'log_level', level: 'debug', node: 'b' });
  });

  it('can be traced where it stands for a subject', () => {
    expect(['connection', 'character_publisher', 'hub'].map((kind) => subjectOf(actor(1, { kind, label: 'x' })))).toEqual(['connection:x', 'character:x', '']);
  });
});

describe('the tree', () => {
  const publishers = (n: number): JsonObject[] => Array.from({ length: n }, (_, i) => ({ id: 100 + i, kind: 'character_publisher', label: `p${i}`, node: 'a', child_count: 0 }));
  const top = (): Actor[] => [
    actor(1, { child_count: 2, children: [{ id: 11, node: 'a', child_count: 1, children: [{ id: 111, node: 'a' }] }, { id: 12, node: 'a' }] }),
    actor(2, { child_count: 500, children: publishers(25) }),
  ];
  const ids = (lines: ReturnType<typeof linesOf>): string[] => lines.map((x) => (x.type === 'more' ? `${x.left} more` : `${x.level}:${x.actor.id}`));

  it('opens small branches by itself, and large ones when told', () => {
    const openings = new Openings();
    expect(ids(linesOf(top(), openings))).toEqual(['1:1', '2:11', '3:111', '2:12', '1:2']);
    openings.set(actor(2), true);
    openings.set(actor(1), false);
    const lines = linesOf(top(), openings);
    expect(ids(lines).slice(0, 3)).toEqual(['1:1', '1:2', '2:100']);
    expect(ids(lines).at(-1)).toBe('475 more');
    expect(lines.length).toBe(2 + 25 + 1);
  });

  it('takes more of a branch where they were asked for', () => {
    const all = top();
    graft(all, new Map([['a/2', publishers(225).map(readActor)], ['a/9', []]]));
    const openings = new Openings();
    openings.set(actor(2), true);
    expect(ids(linesOf(all, openings)).at(-1)).toBe('275 more');
  });

  it('leads from a line to its parent', () => {
    const lines = linesOf(top(), new Openings());
    expect(lines.map((_, i) => parentLine(lines, i))).toEqual([-1, 0, 1, 0, -1]);
  });
});

describe('heat', () => {
  it('grows by degrees', () => {
    expect([0, 1, 9, 10, 99, 100, 999, 1000, 1e6].map(mailboxHeat)).toEqual([0, 1, 1, 2, 2, 3, 3, 4, 4]);
    expect([0, 0.02, 0.25, 0.5, 0.8, 7].map(busyHeat)).toEqual([0, 1, 2, 3, 4, 4]);
  });

  it('fills its bar from nothing to all', () => {
    expect([0, 9_999, 1e9].map(mailboxFill)).toEqual([0, 1, 1]);
    expect(mailboxFill(99)).toBeCloseTo(0.5);
  });
});

describe('a node', () => {
  const node = (more: Partial<KnownNode> = {}): KnownNode => ({
    id: 'a', self: false, actors: 5, mailbox: 0, handled: 0, busy: 0, restarts: 0, counting: true, roles: [], state: 'up', edge: '', admin: '', goneSince: undefined, ...more,
  });

  it('is up, or it is said what is wrong', () => {
    const words = [node(), node({ mailbox: 9000 }), node({ state: 'leaving' }), node({ actors: undefined }), node({ goneSince: 5 })].map((x) => healthOf(x).word);
    expect(words).toEqual(['up', 'piling up', 'leaving', 'silent', 'gone']);
  });

  it('that left is shown as gone, for a while, and not when it is back', () => {
    const roll = new Roll();
    const cluster = (...ids: string[]) => readCluster({ nodes: ids.map((id) => ({ id, actors: 3 })), links: [], etcd: true }, 'b');
    expect(roll.take(cluster('a', 'b', 'c'), 0).map((x) => x.id)).toEqual(['b', 'a', 'c']);
    expect(roll.take(cluster('a', 'b'), 2000).find((x) => x.id === 'c')?.goneSince).toBe(0);
    expect(roll.take(cluster('a', 'b', 'c'), 4000).find((x) => x.id === 'c')?.goneSince).toBeUndefined();
    roll.take(cluster('a', 'b'), 6000);
    expect(roll.take(cluster('a', 'b'), 400_000).map((x) => x.id)).toEqual(['b', 'a']);
  });

  it('leads to its own inspector by web addresses only', () => {
    expect(inspectorOf(node({ admin: 'http://10.0.0.7:8766' }))).toBe('http://10.0.0.7:8766/inspector');
    for (const admin of ['javascript:alert(1)', 'data:text/html,x', '', 'file:///etc/passwd', 'x']) expect(inspectorOf(node({ admin }))).toBeUndefined();
  });

  it('has links that are live, or worth a look', () => {
    const tone = (more: JsonObject): string => linkTone(readCluster({ links: [{ node: 'b', phase: 'live', breaker: 'closed', ...more }] }, 'a').links[0]!);
    expect([tone({}), tone({ phase: 'dialling' }), tone({ breaker: 'half_open' }), tone({ in_flight_bytes: 95, window_bytes: 100 })]).toEqual(['good', 'bad', 'warn', 'warn']);
  });

  it('has a place on the map that no other has, in any width', () => {
    for (const width of [340, 366, 600, 1240]) {
      for (let n = 1; n <= 10; n++) {
        const { height, places } = placesOn(n, width);
        expect(places.length).toBe(n);
        for (const [x, y] of places) {
          expect(x).toBeGreaterThanOrEqual(75);
          expect(x).toBeLessThanOrEqual(width - 75);
          expect(y).toBeGreaterThanOrEqual(53);
          expect(y).toBeLessThanOrEqual(height - 53);
        }
        for (let i = 0; i < n; i++) {
          for (let j = 0; j < i; j++) {
            const apart = Math.abs(places[i]![0] - places[j]![0]) >= 150 || Math.abs(places[i]![1] - places[j]![1]) >= 106;
            expect(apart, `${i} and ${j} of ${n} at ${width}`).toBe(true);
          }
        }
      }
    }
  });
});

describe('the address', () => {
  it.each(['#/cluster', '#/actors', '#/actors/town1/17?kind=hub', '#/actors/a%2Fb/3', '#/traces/9f', '#/traces?subject=character%3Aada'])('%s says what is shown', (hash) => {
    expect(writeRoute(readRoute(hash))).toBe(hash);
  });

  it('that makes no sense leads to the cluster or the list', () => {
    expect(['', '#', '#/nowhere/3', '#token=x', '#/%E0%A4%A'].map((x) => readRoute(x).view)).toEqual(Array(5).fill('cluster'));
    expect(readRoute('#/actors/a/0').actor).toBeUndefined();
    expect(readRoute('#/actors/a/x').actor).toBeUndefined();
  });

  it('keeps what the list shows', () => {
    const query = 'mode=top&node=all&kind=hub&sort=peak&text=c%3D1';
    expect(writeTools(readTools(new URLSearchParams(query))).toString()).toBe(query);
    expect(readTools(new URLSearchParams('mode=x&sort=constructor'))).toMatchObject({ mode: 'tree', sort: 'busy' });
  });
});

describe('words', () => {
  it('are short and have units', () => {
    expect([0, 0.0004, 0.034, 3.44, 34.4, 344, 3440, 34_400].map(millis)).toEqual(['0 ms', '< 0.001 ms', '0.034 ms', '3.44 ms', '34.4 ms', '344 ms', '3.4 s', '34 s']);
    expect([5, 1500, 4_194_304].map(bytes)).toEqual(['5 B', '1.5 kB', '4.2 MB']);
    expect([0, 0.0001, 0.034, 0.5].map(share)).toEqual(['0 %', '< 0.1 %', '3.4 %', '50 %']);
    expect([5, 300, 9000, 90_000, 200_000].map(duration)).toEqual(['5 s', '5 min', '2 h', '1 day', '2 days']);
    expect([undefined, 0, 0.01, 3.14, 314, 31_400].map(rate)).toEqual(['–', '0', '< 0.1', '3.1', '314', '31.4k']);
    expect([plural(1, 'actor'), plural(2000, 'actor')]).toEqual(['1 actor', '2,000 actors']);
    expect([null, true, false, 1234567, 0.123456789, 1795617834.25, 'x', ''].map(plain)).toEqual(['none', 'yes', 'no', '1,234,567', '0.123457', '1795617834.250', 'x', '“”']);
  });

  it('of a small line stay in its box', () => {
    const points = sparkPoints([0, 5, 10], 60);
    expect(points.at(-1)).toEqual([120, 2]);
    expect(points.every(([x, y]) => x >= 0 && x <= 120 && y >= 0 && y <= 28)).toBe(true);
    expect(sparkPoints([0, 0], 60).map(([, y]) => y)).toEqual([26, 26]);
  });
});

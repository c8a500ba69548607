import { beforeEach, describe, expect, it } from 'vitest';
import { backoff } from '../src/backoff';
import table from '../../../libs/protocol/close_codes.json';
import { Connection } from '../src/connection';
import type { JsonObject } from '../src/protocol';
import { FakeWorld, Notes } from './fake_socket';

let world: FakeWorld;
let notes: Notes;
let connection: Connection;

beforeEach(() => {
  world = new FakeWorld();
  notes = new Notes();
  connection = new Connection('ws://town/ws', world, notes);
});

function connect(): void {
  connection.start();
  world.socket.accept();
  world.socket.welcome();
}

function reconnect(welcome: JsonObject = { resumed: true }): void {
  world.socket.break();
  world.pass(20_000);
  world.socket.accept();
  world.socket.welcome({ position: world.positions.at(-1)!, ...welcome });
}

describe('a node', () => {
  it('that was started anew is told from one that is the same', () => {
    connection.start();
    world.socket.accept();
    world.socket.welcome({ node: 'n1', incarnation: 900 });
    const again = (more: object): number => {
      world.socket.break();
      world.pass(20_000);
      world.socket.accept();
      world.socket.welcome({ position: 'p99', ...more });
      return notes.lives;
    };
    expect(again({ node: 'n1', incarnation: 900 })).toBe(0);
    expect(again({ node: 'n2', incarnation: 400 })).toBe(0);
    expect(again({ node: 'n1', incarnation: 300 })).toBe(1);
    expect(again({ node: 'n1' })).toBe(1);
  });
});

describe('a first connection', () => {
  it('asks for the sub-protocol and for a snapshot of the world', () => {
    connect();
    expect(world.urls).toEqual(['ws://town/ws towncrier.v1.json']);
    expect(world.socket.sentOf('subscribe')[0]?.data).toEqual({ channels: ['world'], snapshot: true });
    expect(notes.phases).toEqual(['connecting', 'live']);
  });

  it('passes on messages, those of a batch one by one and in order', () => {
    connect();
    world.socket.say('batch', [
      { type: 'state_change', data: { n: 1 }, timestamp: 1 }, 'rubbish', { type: 'event_notification', data: { n: 2 }, timestamp: 1 },
    ]);
    expect(notes.messages.map((x) => x.data)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(connection.received).toBe(3);
  });

  it('ignores frames that are no messages', () => {
    connect();
    world.socket.onmessage?.({ data: '{' });
    world.socket.onmessage?.({ data: '[]' });
    world.socket.onmessage?.({ data: new ArrayBuffer(3) });
    expect(notes.messages).toEqual([]);
  });

  it('sends a token before anything else', () => {
    connection = new Connection('ws://town/ws', world, notes, 'secret');
    connect();
    expect(world.socket.sent[0]).toMatchObject({ type: 'auth', data: { token: 'secret' } });
  });
});

describe('heartbeats', () => {
  it('are sent within half of the interval, again and again', () => {
    connect();
    for (let i = 0; i < 6; i++) {
      world.pass(5_000);
      world.socket.say('heartbeat');
    }
    expect(world.socket.sentOf('heartbeat').length).toBe(1 + 1 + 5);
  });

  it('measure the latency by the answer, not by what the node sends of itself', () => {
    connect();
    world.pass(10);
    world.socket.say('heartbeat', { position: 'p1' });
    expect(connection.link.latency).toBeUndefined();
    world.pass(32);
    world.socket.say('heartbeat', { position: 'p1', id: world.socket.sentOf('heartbeat')[0]!.id! });
    expect(connection.link.latency).toBe(42);
  });

  it('measure again soon, since the first answer waits behind the snapshot', () => {
    connect();
    world.pass(1_000);
    expect(world.socket.sentOf('heartbeat').length).toBe(2);
  });

  it('give up a connection on which nothing is heard, and open another', () => {
    connect();
    const dead = world.socket;
    world.pass(60_000);
    expect(dead.closedByPage).toBe(true);
    expect(world.sockets.length).toBeGreaterThan(1);
  });
});

describe('a reconnection', () => {
  it('resumes at the last position, in the address, instead of asking for everything', () => {
    connect();
    world.socket.say('batch', [], { position: 'p:7 &' });
    reconnect();
    expect(world.positions).toEqual([undefined, 'p:7 &']);
    expect(world.socket.sent.map((x) => x.type)).toEqual(['heartbeat']);
  });

  it('takes the position from heartbeats, lag and welcome, too', () => {
    connect();
    reconnect();
    expect(world.positions.at(-1)).toBe('p0');
    world.socket.say('lag', { behind_ms: 5, position: 'p8' });
    reconnect();
    expect(world.positions.at(-1)).toBe('p8');
  });

  it('keeps its position when it is told that there is none', () => {
    connect();
    world.socket.say('batch', [], { position: 'p7' });
    world.socket.say('batch', [], { position: '-' });
    reconnect();
    expect(world.positions.at(-1)).toBe('p7');
  });

  it('says whether it went on where it was or a snapshot follows', () => {
    connect();
    const before = notes.snapshots;
    reconnect();
    expect([notes.snapshots - before, connection.link.resumes]).toEqual([0, 1]);
    reconnect({ resumed: false });
    expect([notes.snapshots - before, connection.link.resumes]).toEqual([1, 1]);
  });

  describe('with a position too long for an address', () => {
    const LONG = 'p'.repeat(3_000);

    function lose(): void {
      world.socket.break();
      world.pass(20_000);
      world.socket.accept();
      world.socket.welcome({ position: 'p99' });
    }

    it('sends it in a message', () => {
      connect();
      world.socket.say('batch', [], { position: LONG });
      lose();
      expect(world.positions.at(-1)).toBeUndefined();
      expect(world.socket.sentOf('resume')[0]?.data).toEqual({ position: LONG });
      expect(world.socket.sentOf('subscribe')).toEqual([]);
    });

    it('does not move its position before the resume is answered', () => {
      connect();
      world.socket.say('batch', [], { position: LONG });
      lose();
      world.socket.say('batch', [], { position: 'p100' });
      lose();
      expect(world.socket.sentOf('resume')[0]?.data).toEqual({ position: LONG });
      world.socket.say('result', { id: 'resume', ok: true, data: { resumed: true } });
      world.socket.say('batch', [], { position: 'p101' });
      lose();
      expect(world.positions.at(-1)).toBe('p101');
    });

    it('says whether it went on where it was or a snapshot follows', () => {
      connect();
      const before = notes.snapshots;
      for (const resumed of [true, false]) {
        world.socket.say('batch', [], { position: LONG });
        lose();
        world.socket.say('result', { resumed }, { id: 'resume' });
      }
      expect([notes.snapshots - before, connection.link.resumes]).toEqual([1, 1]);
    });

    it('begins anew when the node cannot read the position', () => {
      connect();
      world.socket.say('batch', [], { position: LONG });
      lose();
      world.socket.say('error', { code: 1001, message: 'bad position', id: 'resume' });
      expect(world.socket.sentOf('subscribe').length).toBe(1);
    });

    it('asks again, and not for everything, when the node lets it wait', () => {
      connect();
      world.socket.say('batch', [], { position: LONG });
      lose();
      world.socket.say('error', { code: 1003, message: 'too many', id: 'resume', retry_after: 3 });
      world.pass(3_000);
      expect(world.socket.sentOf('resume').length).toBe(2);
      expect(world.socket.sentOf('subscribe')).toEqual([]);
    });
  });

  it('waits longer after each failure, and starts over after a success', () => {
    connect();
    const waits: number[] = [];
    for (let i = 0; i < 4; i++) {
      world.socket.break();
      waits.push(connection.link.retryAt - world.time);
      world.pass(waits[i]!);
    }
    expect(waits).toEqual([200, 400, 800, 1600]);
    world.socket.accept();
    world.socket.welcome();
    world.socket.break();
    expect(connection.link.retryAt - world.time).toBe(200);
  });

  it('does not wait when the browser says that the network is back', () => {
    connect();
    world.socket.break();
    connection.network(true);
    expect(world.sockets.length).toBe(2);
    world.pass(10_000);
    expect(world.sockets.length).toBe(2);
  });
});

describe('other edges', () => {
  const OWN = 'ws://town/ws towncrier.v1.json';
  const OTHER = 'ws://b:1/ws towncrier.v1.json';

  function lose(times: number): void {
    for (let i = 0; i < times; i++) {
      world.socket.break();
      world.pass(connection.link.retryAt - world.time);
    }
  }

  it('are tried in turn when our own does not answer, and keep the position', () => {
    connection.start();
    world.socket.accept();
    world.socket.welcome({ edges: ['ws://b:1', 'ws://c:1/'] });
    world.socket.say('batch', [], { position: 'p7' });
    lose(4);
    expect(world.urls).toEqual([OWN, OWN, OTHER, 'ws://c:1/ws towncrier.v1.json', OWN]);
    lose(1);
    world.socket.accept();
    expect(world.positions.at(-1)).toBe('p7');
  });

  it('are tried again first where they worked', () => {
    connection.start();
    world.socket.accept();
    world.socket.welcome({ edges: ['ws://b:1'] });
    lose(2);
    world.socket.accept();
    world.socket.welcome({ edges: ['ws://town'] });
    lose(2);
    expect(world.urls.slice(2)).toEqual([OTHER, OTHER, OWN]);
  });

  it('are kept when a node that is alone names none', () => {
    connection.start();
    world.socket.accept();
    world.socket.welcome({ edges: ['ws://b:1'] });
    lose(1);
    world.socket.accept();
    world.socket.welcome();
    lose(2);
    expect(world.urls.at(-1)).toBe(OTHER);
  });

  it('that are no WebSocket addresses, or less safe than our own, are left out', () => {
    connection = new Connection('wss://town/ws', world, notes);
    connection.start();
    world.socket.accept();
    world.socket.welcome({ edges: ['nonsense', 'http://b:1', 'ws://b:1', 7] });
    lose(3);
    expect(new Set(world.urls)).toEqual(new Set(['wss://town/ws towncrier.v1.json']));
  });
});

describe('a node that wants a token', () => {
  it('is not asked again until there is one', () => {
    connection.start();
    world.socket.accept();
    world.socket.say('error', { code: 1002, message: 'missing token' });
    world.socket.break(1008, 'Invalid token');
    world.pass(100_000);
    expect(world.sockets.length).toBe(1);
    expect(connection.link.phase).toBe('refused');
    connection.authenticate('t');
    world.socket.accept();
    expect(world.socket.sent[0]?.data).toEqual({ token: 't' });
  });
});

describe('a close', () => {
  it.each(table)('with $code ($words) is followed by what the table says', ({ code, returns, wait_seconds, words }) => {
    connect();
    world.socket.break(code, 'Invalid token');
    const wait = connection.link.retryAt - world.time;
    expect(connection.link).toMatchObject({ phase: returns ? 'waiting' : 'ended', reason: 'Invalid token' });
    if (returns) expect(wait).toBe(Math.max(200, wait_seconds * 1000));
    connection.network(true);
    world.pass(3_600_000);
    expect(world.sockets.length > 1).toBe(returns);
    if (returns) return;
    connection.again();
    world.socket.accept();
    world.socket.welcome();
    expect(connection.link.phase).toBe('live');
    expect(words).not.toBe('');
  });

  it('is told in words where the node gave no reason', () => {
    connect();
    world.socket.break(4002);
    expect(connection.link.reason).toBe('no sign of life');
  });

  it('with a code of another program is followed by a reconnection', () => {
    connect();
    world.socket.break(4999, 'closed by an operator');
    expect(connection.link.phase).toBe('waiting');
  });

  it('after an error that asks for a token is no end, whatever the words', () => {
    connection.start();
    world.socket.accept();
    world.socket.say('error', { code: 1002, message: 'nobody knows you' });
    world.socket.break(1008, 'whatever');
    expect(connection.link).toMatchObject({ phase: 'refused', reason: 'nobody knows you' });
  });
});

describe('a request that the node refuses for now', () => {
  const refuse = (retry_after: number): void =>
    world.socket.say('error', { code: 1003, message: 'more than 100 messages in 60 seconds; slow down', id: 'subscribe', retry_after });

  it('is made again when the node said, and the page knows when and why', () => {
    connect();
    const snapshots = notes.snapshots;
    refuse(12);
    expect(connection.link).toMatchObject({ phase: 'live', askAgainAt: world.time + 12_000, reason: 'more than 100 messages in 60 seconds; slow down' });
    world.pass(11_900);
    expect(world.socket.sentOf('subscribe').length).toBe(1);
    world.pass(200);
    expect(world.socket.sentOf('subscribe').map((x) => [x.data, x.id])).toEqual(Array(2).fill([{ channels: ['world'], snapshot: true }, 'subscribe']));
    expect(notes.snapshots).toBe(snapshots + 1);
    refuse(1);
    world.pass(1_000);
    world.socket.say('subscribed', { channels: ['world'], id: 'subscribe' });
    expect(connection.link).toMatchObject({ askAgainAt: 0, reason: '' });
    world.pass(100_000);
    expect(world.sockets[0]!.sentOf('subscribe').length).toBe(3);
  });

  it('is not made by all at the same moment', () => {
    connect();
    world.chance = 0.5;
    refuse(10);
    expect(connection.link.askAgainAt - world.time).toBe(11_000);
  });

  it('is made again after a while when it was the fault of the node', () => {
    connect();
    world.socket.say('error', { code: 1004, message: 'ours', id: 'subscribe' });
    world.pass(5_000);
    expect(world.socket.sentOf('subscribe').length).toBe(2);
  });

  it('is forgotten with its connection', () => {
    connect();
    refuse(2);
    world.socket.break();
    expect(connection.link.askAgainAt).toBe(0);
    world.pass(10_000);
    expect(world.sockets[0]!.sentOf('subscribe').length).toBe(1);
  });

  it('is left alone for as long as the node says when it is a heartbeat', () => {
    connect();
    world.socket.say('error', { code: 1003, message: 'too many', id: 'beat-1', retry_after: 20 });
    expect(connection.link.reason).toBe('');
    const beats = (): number => world.socket.sentOf('heartbeat').length;
    world.pass(8_000);
    world.socket.say('heartbeat');
    world.pass(8_000);
    expect(beats()).toBe(1);
    world.socket.say('heartbeat');
    world.pass(10_000);
    expect(beats()).toBeGreaterThan(1);
    expect(world.sockets.length).toBe(1);
  });
});

describe('what was last heard of the town', () => {
  it('is no heartbeat', () => {
    connect();
    world.pass(1_000);
    world.socket.say('batch', [{ type: 'state_change', data: {}, timestamp: 1 }]);
    world.pass(5_000);
    world.socket.say('heartbeat');
    world.socket.say('subscribed');
    expect(world.time - connection.newsAt).toBe(5_000);
  });
});

describe('lag', () => {
  it('is shown, and over when heartbeats come without it', () => {
    connect();
    world.socket.say('lag', { behind_ms: 800, conflated: 3, dropped_events: 0 });
    expect(connection.link.behind).toBe(800);
    world.pass(4_900);
    world.socket.say('heartbeat');
    expect(connection.link.behind).toBe(0);
  });
});

describe('backoff', () => {
  it('doubles up to a limit and takes off at most a half', () => {
    expect(backoff(0, 0)).toBe(200);
    expect(backoff(0, 1)).toBe(400);
    expect(backoff(3, 0)).toBe(1600);
    expect(backoff(50, 1)).toBe(15_000);
  });
});

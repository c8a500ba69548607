import { describe, expect, it } from 'vitest';
import { edgeUrl, socketUrl, withQuery } from '../src/addresses';

describe('the socket', () => {
  it.each([
    ['http://town:8765/', 'ws://town:8765/ws'],
    ['https://town/', 'wss://town/ws'],
    ['https://example.org/town/', 'wss://example.org/town/ws'],
    ['https://example.org/a/b/index.html', 'wss://example.org/a/b/ws'],
    ['https://example.org/town/?key=a%26b#token=x', 'wss://example.org/town/ws?key=a%26b'],
    ['http://town/?subscribe=event:x&position=p&key=k', 'ws://town/ws?key=k'],
  ])('of %s is %s', (base, expected) => expect(socketUrl(base)).toBe(expected));
});

describe('another edge', () => {
  const own = 'ws://proxy/town/ws?key=k';

  it.each([
    ['ws://b:1', 'ws://b:1/ws?key=k'],
    ['ws://b:1/', 'ws://b:1/ws?key=k'],
    ['wss://proxy/n2/', 'wss://proxy/n2/?key=k'],
    ['wss://proxy/n2/ws?x=y#z', 'wss://proxy/n2/ws?key=k'],
    ['http://b:1', undefined],
    ['nonsense', undefined],
  ])('named %s is at %s: the prefix of a proxy is of one edge alone', (edge, expected) => expect(edgeUrl(edge, own)).toBe(expected));

  it('is not followed from an encrypted page without encryption', () => {
    expect(edgeUrl('ws://b:1', 'wss://proxy/town/ws')).toBeUndefined();
    expect(edgeUrl('wss://b:1', 'wss://proxy/town/ws')).toBe('wss://b:1/ws');
  });
});

it('a query gets one more field', () => {
  expect(withQuery('ws://a/ws', 'position', 'a b&')).toBe('ws://a/ws?position=a%20b%26');
  expect(withQuery('ws://a/ws?k=1', 'position', 'p')).toBe('ws://a/ws?k=1&position=p');
});

// The operators' listener of a node to develop the inspector against: serves dist/ as a node does, and answers the
// inspection API for a cluster that is not there.
//   node e2e/mock_admin.mjs [--port 8798] [--nodes 3] [--connections 400] [--characters 1000] [--token SECRET]
import { createServer } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { linkState, listActors, makeActors, oneActor, topActors } from './mock_actors.mjs';
import { makeTraces } from './mock_traces.mjs';

const DIST = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist');
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const KINDS = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };

function serveFile(path, response) {
  const file = join(DIST, normalize(path === '/inspector' ? '/inspector.html' : path));
  const found = file.startsWith(DIST) && existsSync(file) && extname(file);
  response.writeHead(found ? 200 : 404, { 'content-type': KINDS[extname(file)] ?? 'text/plain', 'content-security-policy': CSP });
  response.end(found ? readFileSync(file) : 'not found');
}

/**
 * Starts it. `token`: what it asks for. `gone`: nodes that are members and do not answer; may be changed while it runs.
 * Returns {url, acts, gone, stop}: `acts` are the bodies of the acts that came.
 */
export async function startMockAdmin({ port = 0, nodes = 3, connections = 400, characters = 1000, token = '', alone = nodes === 1 } = {}) {
  const names = Array.from({ length: nodes }, (_, i) => `town${i + 1}`);
  const actors = new Map(names.map((x) => [x, makeActors(x, { connections, characters, peers: names.filter((y) => y !== x) })]));
  const traces = makeTraces(names);
  const acts = [];
  const gone = new Set();
  const began = Date.now();
  const self = names[0];
  const there = (node) => (node === 'all' ? names.filter((x) => !gone.has(x)) : [node || self]);

  const nodeRow = (name) => {
    const rows = actors.get(name);
    rows.step();
    const sum = (key) => rows.all.reduce((all, x) => all + x[key], 0);
    return { id: name, self: true, actors: rows.all.length, mailbox: sum('mailbox'), handled: sum('handled'), busy_seconds: sum('busy_seconds'), restarts: sum('restarts'), counting: true };
  };
  const linkRow = (name) => linkState(name, { dead: gone.has(name), seconds: (Date.now() - began) / 1000 });
  const listNodes = (q) => {
    const rows = there(q.node).map(nodeRow);
    if (alone) return { nodes: rows };
    const all = names.map((name, i) => ({ ...(rows.find((x) => x.id === name) ?? { id: name }), incarnation: 1, roles: i === 2 ? ['edge'] : ['world', 'edge'], edge: `ws://127.0.0.1:${9001 + i}`, admin: i === 1 ? 'javascript:alert(1)' : `http://127.0.0.1:${9101 + i}`, state: 'up' }));
    return { nodes: all, links: names.slice(1).map(linkRow), revision: 7, etcd: true };
  };
  const each = (q, ask) => {
    const answers = there(q.node).map((x) => (actors.has(x) && !gone.has(x) ? ask(actors.get(x)) : { error: `node '${x}' did not answer` }));
    const [first, ...others] = answers;
    for (const x of others) for (const [key, rows] of Object.entries(x)) if (Array.isArray(rows)) first[key].push(...rows);
    return first;
  };
  const kinds = (x) => ({ kinds: [...new Set(x.all.map((y) => y.kind))].map((kind) => ({ kind, node: x.node, actors: 1 })) });
  const questions = {
    nodes: listNodes,
    actors: (q) => each(q, (x) => listActors(x, q, gone)),
    top: (q) => each(q, (x) => topActors(x, q)),
    kinds: (q) => each(q, kinds),
    ended: (q) => each(q, (x) => ({ ended: [...x.ended] })),
    why: (q) => ({ connection: q.connection, character: q.character, seen: false, reason: 'outside_its_area', epoch: 3, version: 9, changed_at: Date.now() / 1000, channels: ['world'], queued_bytes: 0, behind: 0, phase: 'live' }),
  };

  function act(body) {
    acts.push(body);
    if (body.action === 'restart' && !body.character.startsWith('character-')) return [409, { ok: false, error: 'it was not restarted: nobody knows it' }];
    if (body.action === 'close') {
      const rows = actors.get(body.node);
      rows.all.splice(rows.all.findIndex((x) => x.label === body.connection), 1);
    }
    return [200, { ok: true }];
  }

  function answer(request, path, q, body) {
    if (token && request.headers.authorization !== `Bearer ${token}`) {
      if (!request.headers.authorization) return [401, "an operator's token is needed: Authorization: Bearer TOKEN\n"];
      return request.headers.authorization.includes('viewer') ? [403, 'this takes the role operator\n'] : [401, 'the token is not valid: it is unknown, expired or was changed\n'];
    }
    const [name, id] = path.split('/');
    if (name === 'traces') return request.method === 'POST' ? traces.begin(body) : request.method === 'DELETE' ? traces.end(id) : id ? traces.get(id) : traces.list();
    if (name === 'actions') return act(body);
    const result = name === 'actors' && id ? each(q, (x) => oneActor(x, id, gone)) : questions[name]?.(q);
    return result ? [result.error ? 404 : 200, result] : [404, { error: 'no such page' }];
  }

  const http = createServer((request, response) => {
    const url = new URL(request.url, 'http://mock');
    if (!url.pathname.startsWith('/api/v1/')) return serveFile(url.pathname, response);
    let text = '';
    request.on('data', (x) => (text += x));
    request.on('end', () => {
      const [status, x] = answer(request, url.pathname.slice(8), Object.fromEntries(url.searchParams), text ? JSON.parse(text) : {});
      response.writeHead(status, { 'content-type': typeof x === 'string' ? 'text/plain' : 'application/json' });
      response.end(typeof x === 'string' ? x : JSON.stringify(x));
    });
  });
  await new Promise((done) => http.listen(port, '127.0.0.1', done));
  const stop = async () => {
    traces.stop();
    http.closeAllConnections();
    await new Promise((done) => http.close(done));
  };
  return { url: `http://127.0.0.1:${http.address().port}/inspector`, acts, gone, stop };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const number = (fallback) => ({ type: 'string', default: String(fallback) });
  const { values } = parseArgs({ options: { port: number(8798), nodes: number(3), connections: number(400), characters: number(1000), token: { type: 'string', default: '' } } });
  const mock = await startMockAdmin({ port: Number(values.port), nodes: Number(values.nodes), connections: Number(values.connections), characters: Number(values.characters), token: values.token });
  console.log(`mock node's inspector on ${mock.url}`);
}

// A reverse proxy that shows a node under a path of its own, as nginx does with `location /town/ { proxy_pass http://node/; }`.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as ask } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate that nobody trusts. */
function certificate() {
  const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Listens on a free loopback port. `routes`: from a prefix (`/town/`) to the address of a node. What is asked for without
 * the slash at the end of a prefix is sent there; what lies outside is answered 404 and written down in `astray`.
 * Returns {port, astray, upgrades, cut, stop}: `upgrades` has the paths of all WebSockets.
 */
export async function startProxy(routes, { tls = false } = {}) {
  const astray = [];
  const upgrades = [];
  const ends = new Set();
  const way = (url) => {
    const found = Object.entries(routes).find(([prefix]) => url.startsWith(prefix));
    return found && { target: new URL(found[1]), path: `/${url.slice(found[0].length)}` };
  };
  const answer = (request, response) => {
    const [path, query] = request.url.split(/(?=\?)/);
    if (routes[`${path}/`]) return response.writeHead(301, { location: `${path}/${query ?? ''}` }).end();
    const to = way(request.url);
    if (!to) {
      astray.push(request.url);
      return response.writeHead(404).end('nothing of that name behind this proxy');
    }
    const { hostname, port } = to.target;
    const headers = { ...request.headers, host: to.target.host };
    const further = ask({ hostname, port, path: to.path, method: request.method, headers }, (said) => {
      response.writeHead(said.statusCode, said.headers);
      said.pipe(response);
    });
    further.on('error', () => response.destroy());
    return request.pipe(further);
  };
  const upgrade = (request, near) => {
    const to = way(request.url);
    upgrades.push(request.url);
    if (!to) {
      astray.push(request.url);
      return near.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    }
    const far = connect(to.target.port, to.target.hostname);
    const fields = request.rawHeaders.map((x, i, all) => (i % 2 ? '' : `${x}: ${x.toLowerCase() === 'host' ? to.target.host : all[i + 1]}\r\n`)).join('');
    far.write(`GET ${to.path} HTTP/1.1\r\n${fields}\r\n`);
    for (const [end, other] of [[near, far], [far, near]]) {
      ends.add(end);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
    return near.pipe(far).pipe(near);
  };
  const server = tls ? createTlsServer(certificate(), answer) : createServer(answer);
  server.on('upgrade', upgrade);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: server.address().port,
    astray,
    upgrades,
    /** Breaks every WebSocket. */
    cut: () => ends.forEach((end) => end.destroy()),
    async stop() {
      ends.forEach((end) => end.destroy());
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

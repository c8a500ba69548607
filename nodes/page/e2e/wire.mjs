// A wire between browser and node that can be cut: so that a dropped connection is a real one.
import { connect, createServer } from 'node:net';

/** Listens on a free loopback port and passes everything on to `host`:`port`. Returns {port, cut, mend, stop}. */
export async function layWire(host, port) {
  const ends = new Set();
  let whole = true;
  const server = createServer((near) => {
    if (!whole) return near.destroy();
    const far = connect(port, host);
    for (const [end, other] of [[near, far], [far, near]]) {
      ends.add(end);
      end.setNoDelay(true);
      end.on('error', () => other.destroy());
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
    near.pipe(far).pipe(near);
    return undefined;
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const drop = () => ends.forEach((end) => end.destroy());
  return {
    port: server.address().port,
    /** Breaks every connection, and lets no new one through until `mend`. */
    cut() {
      whole = false;
      drop();
    },
    mend() {
      whole = true;
    },
    async stop() {
      drop();
      await new Promise((done) => server.close(done));
    },
  };
}

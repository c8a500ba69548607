import type { Connection } from './connection';
import type { TownMap } from './map/town_map';
import type { Store } from './store';
import type { Feed } from './ui/feed';
import type { Tracker } from './tracker';

/** The parts of the page that the handle looks at. */
export interface Parts {
  store: Store;
  tracker: Tracker;
  connection: Connection;
  map: TownMap;
  feed: Feed;
  rate(): number;
}

/** `window.towncrier`: figures to read, for tests and the curious. Nothing can be changed through it. */
export function debugHandle({ store, tracker, connection, map, feed, rate }: Parts): object {
  const look = (id: string): object | undefined => {
    const c = store.characters.get(id);
    if (!c) return undefined;
    const { motion } = tracker;
    const drawn = motion.placed[c.slot] === 1;
    return {
      id: c.id, name: c.name, state: c.state, location: c.location, epoch: c.epoch, version: c.version,
      x: drawn ? motion.x[c.slot] : undefined, y: drawn ? motion.y[c.slot] : undefined,
      screenX: drawn ? map.xs[c.slot] : undefined, screenY: drawn ? map.ys[c.slot] : undefined,
    };
  };
  return Object.freeze({
    get link() { return { ...connection.link }; },
    get characters() { return store.characters.size; },
    get events() { return store.eventsSeen; },
    get lines() { return feed.lines; },
    get received() { return connection.received; },
    get rate() { return rate(); },
    get selected() { return store.at(map.selected)?.id; },
    get view() { return { x: map.camera.cx, y: map.camera.cy, scale: map.camera.scale, auto: map.camera.auto, moving: map.camera.moving }; },
    frames: () => map.frames.figures(),
    character: look,
    sample: (most = 50) => [...store.characters.keys()].slice(0, most).map(look),
  });
}

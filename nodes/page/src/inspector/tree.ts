import { keyOf, type Actor } from './model';

/** A line of the tree: an actor, a node above its actors, or how many more there are. */
export type Line =
  | { type: 'actor'; key: string; level: number; actor: Actor; open: boolean | undefined }
  | { type: 'more'; key: string; level: number; actor: Actor; left: number };

/** A branch with more children than this is closed until somebody opens it. */
const FEW = 12;

/** Which branches are open. */
export class Openings {
  private readonly chosen = new Map<string, boolean>();

  isOpen(x: Actor): boolean {
    return this.chosen.get(keyOf(x)) ?? x.childCount <= FEW;
  }

  set(x: Actor, open: boolean): void {
    this.chosen.set(keyOf(x), open);
  }
}

/** The tree as lines, top to bottom: only what is open. */
export function linesOf(top: readonly Actor[], openings: Openings): Line[] {
  const lines: Line[] = [];
  const add = (actor: Actor, level: number): void => {
    const open = actor.childCount ? openings.isOpen(actor) : undefined;
    const key = keyOf(actor);
    lines.push({ type: 'actor', key, level, actor, open });
    if (!open) return;
    for (const child of actor.children) add(child, level + 1);
    const left = actor.childCount - actor.children.length;
    if (left > 0) lines.push({ type: 'more', key: `${key}+`, level: level + 1, actor, left });
  };
  for (const actor of top) add(actor, 1);
  return lines;
}

/** Puts more of the children in place of the few that the tree came with. */
export function graft(top: readonly Actor[], children: ReadonlyMap<string, Actor[]>): void {
  for (const actor of top) {
    const more = children.get(keyOf(actor));
    if (more && more.length > actor.children.length) {
      const known = new Map(actor.children.map((x) => [x.id, x]));
      actor.children = more.map((x) => known.get(x.id) ?? x);
      actor.childCount = Math.max(actor.childCount, more.length);
    }
    graft(actor.children, children);
  }
}

/** The line of who spawned that of line `i`, or -1. */
export function parentLine(lines: readonly Line[], i: number): number {
  const level = lines[i]?.level ?? 1;
  for (let above = i - 1; above >= 0; above--) if (lines[above]!.level < level) return above;
  return -1;
}

import type { JsonObject } from '../protocol';
import type { Actor } from './model';

/** Something that an operator may do, with the question that is asked before. */
export interface Act {
  /** On the button. */
  name: string;
  question: string;
  /** What it does, for who does not know. */
  effect: string;
  body: JsonObject;
  /** It hurts somebody: the button says so. */
  harsh: boolean;
}

export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'off'] as const;

/** What can be done to this actor. The node says no to all else. */
export function actsOn(x: Actor): Act[] {
  const on = { node: x.node };
  if (x.kind === 'connection') {
    return [{
      name: 'Close', harsh: true, question: `Close the connection ${x.label}?`,
      effect: 'Its client is sent away with close code 1008, and does not come back by itself.',
      body: { action: 'close', connection: x.label, ...on },
    }];
  }
  if (x.kind !== 'character_publisher') return [];
  return [
    {
      name: 'Pause', harsh: false, question: `Pause the character ${x.label}?`,
      effect: 'What is said of it is held back until it is resumed; viewers see it stand still.',
      body: { action: 'pause', character: x.label, ...on },
    },
    {
      name: 'Resume', harsh: false, question: `Resume the character ${x.label}?`,
      effect: 'What was held back is given out as one update.',
      body: { action: 'resume', character: x.label, ...on },
    },
    {
      name: 'Restart', harsh: true, question: `Restart the publisher of ${x.label}?`,
      effect: 'It ends after what it was told so far, and another goes on from its state: no viewer sees a gap.',
      body: { action: 'restart', character: x.label, ...on },
    },
  ];
}

/** How much a node logs. */
export function logLevel(node: string, level: string): Act {
  return {
    name: 'Log level', harsh: false, question: `Let the node ${node} log at the level ${level}?`,
    effect: level === 'trace' || level === 'debug' ? 'At this level a busy node writes a lot.' : 'It holds until the node ends or is told otherwise.',
    body: { action: 'log_level', level, node },
  };
}

/** What a trace of this actor's messages would follow; empty where there is none. */
export function subjectOf(x: Actor): string {
  if (x.kind === 'character_publisher' && x.label) return `character:${x.label}`;
  return x.kind === 'connection' && x.label ? `connection:${x.label}` : '';
}

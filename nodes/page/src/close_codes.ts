import table from '../../../libs/protocol/close_codes.json';

/** What a close code means, and what a client does after it. */
export interface CloseRule {
  code: number;
  /** For a person. */
  words: string;
  /** Whether a client connects again by itself, after a back-off. */
  returns: boolean;
  /** The least time that it waits before it does. */
  wait_seconds: number;
}

/** The row of this code in the table that nodes and all clients share. A code that has none is another program's: one returns. */
export function ruleOf(code: number): CloseRule {
  return table.find((x) => x.code === code) ?? { code, words: 'unknown', returns: true, wait_seconds: 0 };
}

/** How hot something is, from 0 (nothing to see) to 4 (it burns). */
export type Heat = 0 | 1 | 2 | 3 | 4;

/** Where the next degree begins. */
const MAILBOX = [1, 10, 100, 1_000];
const BUSY = [0.02, 0.25, 0.5, 0.8];

const degree = (x: number, steps: readonly number[]): Heat => steps.filter((step) => x >= step).length as Heat;

/** By messages that wait. */
export const mailboxHeat = (depth: number): Heat => degree(depth, MAILBOX);

/** By the share of its time that an actor is busy. */
export const busyHeat = (part: number): Heat => degree(part, BUSY);

/** How much of a bar is filled, from 0 to 1: each ten times more is as much longer; full at ten thousand. */
export const mailboxFill = (depth: number): number => Math.min(1, Math.log10(1 + depth) / 4);

/** Beside the figure where the colour must not be the only sign. */
export const MARKS: Record<Heat, string> = { 0: '', 1: '', 2: '', 3: '▲', 4: '▲▲' };

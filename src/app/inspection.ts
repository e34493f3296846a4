/**
 * Applications as the command `colloquy` hears of them, over two channels of node:diagnostics_channel. Nothing is made and nothing
 * is published without a subscriber.
 */
import { channel } from 'node:diagnostics_channel';

/** Tells of each `createApp` of the process: that it begins, and how it ends. */
const applications = channel('colloquy:app');

/** A subscriber inspects the process: its applications join no broker, and begin no work. */
const inspections = channel('colloquy:inspect');

/** One step of an application. */
export interface Announcement {
  /** `serve`: from now on clients may come. */
  readonly step: 'begin' | 'failed' | 'ready' | 'serve';
  /** The options of `createApp`. */
  readonly options: object;
  /** The application, once it is there. */
  readonly app?: object;
  /** The error, if it failed. */
  readonly error?: unknown;
}

/** Tells a step to those who subscribe. */
export function announce(announcement: Announcement): void {
  if (applications.hasSubscribers) applications.publish(announcement);
}

/** Whether the process only looks at its applications. */
export function isInspected(): boolean {
  return inspections.hasSubscribers;
}

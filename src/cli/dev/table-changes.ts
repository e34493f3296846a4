/** The changes between two dispatch tables, a line for each event. */
import type { PlanRow } from '../../controllers/plan/types.js';

/** Returns `+ /chat say` for what is new, `- /chat shout` for what is gone, `~ /chat join` for what is another. */
export function tableChanges(before: readonly PlanRow[], after: readonly PlanRow[]): string[] {
  const old = byName(before);
  const now = byName(after);
  return [
    ...[...now.keys()].filter((name) => !old.has(name)).map((name) => `+ ${name}`),
    ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `- ${name}`),
    ...[...now].filter(([name, row]) => old.has(name) && old.get(name) !== row).map(([name]) => `~ ${name}`),
  ];
}

/** Each row as text; several handlers of one moment are one entry. */
function byName(rows: readonly PlanRow[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const row of rows) {
    const isNamed = row.kind === 'event' || row.kind === 'emission';
    const name = `${row.namespace} ${isNamed ? row.event : `(${row.event})`}`.trim();
    const { handler, arguments: args, middleware, emits } = row;
    found.set(name, (found.get(name) ?? '') + JSON.stringify([handler, args, middleware, emits]));
  }
  return found;
}

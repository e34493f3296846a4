/** The plan as people read it; the contract takes from these rows what both say. */
import type { EmitsPlan } from '../emits/plan.js';
import type { ControllerPlan } from './controller-plan.js';
import type { ArgumentPlan, BackgroundPlan, HandlerPlan, PayloadRow, PlanRow } from './types.js';

/** One row for each handler, in the order of the classes and their methods. */
export function describeRows(controllers: readonly ControllerPlan[]): PlanRow[] {
  return controllers.flatMap(({ facts, handlers, errors }) => {
    const namespace = String(facts.namespace.path);
    return [
      ...handlers.map(({ plan }) => describeRow(namespace, plan)),
      ...errors.map(({ label, errorType }) => describeError(namespace, label, errorType?.name)),
    ];
  });
}

/** The row of one handler. */
export function describeRow(namespace: string, plan: HandlerPlan): PlanRow {
  return Object.freeze({
    kind: plan.kind,
    namespace,
    event: plan.event,
    handler: plan.label,
    arguments: Object.freeze(plan.arguments.map(({ label }) => label)),
    middleware: plan.middleware,
    payloads: Object.freeze(plan.arguments.flatMap(payloadRow)),
    emits: Object.freeze(plan.emissions.map(({ event }) => event)),
  });
}

function describeError(namespace: string, handler: string, errorType = 'error'): PlanRow {
  return Object.freeze({
    kind: 'error',
    namespace,
    event: 'error',
    handler,
    arguments: [errorType],
    middleware: [],
    payloads: [],
    emits: [],
  });
}

/** One row for each piece of background work; its arguments say when it runs. */
export function describeBackground(background: readonly BackgroundPlan[]): PlanRow[] {
  return background.map(({ label, paths = [], every, start, stop, once }) =>
    Object.freeze({
      kind: 'background',
      namespace: paths.join(', '),
      event: 'background',
      handler: label,
      arguments: Object.freeze([
        ...(every === undefined ? [] : [`every ${every} ms`]),
        stop === 'shutdown' ? start : `${start} to ${stop}`,
        ...(once === undefined ? [] : [`once per ${once}`]),
      ]),
      middleware: [],
      payloads: [],
      emits: [],
    }),
  );
}

/** One row for each event that may be sent, with what it is sent with. */
export function describeEmits({ events }: EmitsPlan): PlanRow[] {
  return [...events].map(([event, args]) =>
    Object.freeze({
      kind: 'emission',
      namespace: '',
      event,
      handler: '(sent to clients)',
      arguments: Object.freeze(args.map(({ label }) => label)),
      middleware: [],
      payloads: Object.freeze(args.flatMap(payloadRow)),
      emits: [],
    }),
  );
}

function payloadRow({ payload }: Pick<ArgumentPlan, 'payload'>): PayloadRow[] {
  return payload ? [{ type: payload.type.name, mode: payload.mode, reasons: payload.reasons }] : [];
}

const columns: readonly { readonly title: string; readonly cell: (row: PlanRow) => string }[] = [
  { title: 'namespace', cell: (row) => row.namespace },
  { title: 'event', cell: (row) => (row.kind === 'event' || row.kind === 'emission' ? row.event : `(${row.event})`) },
  { title: 'handler', cell: (row) => row.handler },
  { title: 'arguments', cell: (row) => row.arguments.join(', ') },
  { title: 'middleware', cell: (row) => row.middleware.join(' > ') },
  { title: 'emits', cell: (row) => row.emits.join(', ') },
];

/** The rows under each other, in columns. */
export function printTable(rows: readonly PlanRow[]): string {
  const used = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ''));
  const lines = [used.map(({ title }) => title), ...rows.map((row) => used.map(({ cell }) => cell(row)))];
  const widths = used.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

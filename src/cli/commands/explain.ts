/** `colloquy explain /chat say`: every step of one event. */
import { relative } from 'node:path';
import { closest } from '../../base/boot/unknown-option.js';
import { defaultLimits } from '../../base/limits.js';
import type { ArgumentContract, Contract, EventContract, ValueContract } from '../../contract/contract.js';
import type { PayloadRow } from '../../controllers/plan/types.js';
import { CommandError, type Command, type Terminal } from '../command.js';
import { propertyLines, rulesOf } from '../output/rules.js';
import { Classes } from '../sources/classes.js';
import { globbed } from '../sources/globbed.js';
import { inspect, mainOperand, programOptions, type Inspected } from '../program/inspect.js';
import { sourcesFrom } from '../sources/imports.js';

/** Where a handler is written. */
interface Place {
  readonly file: string;
  readonly line: number;
}

export const explain: Command = {
  name: 'explain',
  summary: 'says every step of one event, from the limits to the answer',
  about:
    'Limits, middleware in order, arguments with their rules, the handler and its file, the answer, emissions, and error codes.',
  operands: [
    { name: 'namespace', help: 'the path as it was declared: /chat', required: true },
    { name: 'event', help: "the event's name; * is the handler of all others", required: true },
    mainOperand,
  ],
  options: { json: { type: 'boolean', help: 'prints the same as JSON' }, ...programOptions },
  examples: ['colloquy explain /chat say', 'colloquy explain /chat say src/main.ts --json'],
  failsIf: 'the program makes no application',
  async run(input, terminal) {
    const [path, name, main] = input.operands;
    const inspected = await inspect(main, input, terminal);
    const { contract, rows, settings } = inspected.application;
    const event = findEvent(contract, path!, name!);
    const place = await placeOf(event, inspected);
    const row = rows.find((each) => each.namespace === path && each.event === event.name && each.kind === 'event');
    const limits = { ...defaultLimits, ...settings.limits };
    const payloads = row?.payloads ?? [];
    if (input.options['json']) {
      const file = place && { file: relative(terminal.cwd, place.file), line: place.line };
      const { eventRate, eventBurst, concurrentCalls, queuedCalls } = limits;
      const all = { ...event.limits, eventRate, eventBurst, concurrentCalls, queuedCalls };
      terminal.print(JSON.stringify({ namespace: path, ...event, ...file, limits: all, payloads }, null, 2));
    } else terminal.print(lines(path!, event, { contract, limits, payloads, place }, terminal).join('\n'));
    return 0;
  },
};

function findEvent({ namespaces }: Contract, path: string, name: string): EventContract {
  const paths = namespaces.map((each) => each.path);
  const namespace = namespaces.find((each) => each.path === path);
  if (!namespace) throw unknown(`There is no namespace ${path}`, path, paths);
  const event = name === '*' ? namespace.any : namespace.events.find((each) => each.name === name);
  if (event) return event;
  throw unknown(
    `${path} handles no event ${name}`,
    name,
    namespace.events.map((each) => each.name),
  );
}

function unknown(what: string, name: string, known: readonly string[]): CommandError {
  const meant = closest(name, known);
  const next = meant === undefined ? `; there is ${known.join(', ') || 'none'}.` : `; did you mean ${meant}?`;
  return new CommandError(what + next, 2);
}

async function placeOf(event: EventContract, { main, application }: Inspected): Promise<Place | undefined> {
  if (event.class === undefined) return undefined;
  const classes = new Classes(sourcesFrom([main, ...(await globbed(application))]));
  const places = classes.find(event.class);
  if (places.length !== 1) return undefined;
  return { file: places[0]!.file, line: classes.lineOf(places[0]!, event.method!) ?? places[0]!.line };
}

interface Facts {
  readonly contract: Contract;
  readonly limits: typeof defaultLimits;
  readonly payloads: readonly PayloadRow[];
  readonly place: Place | undefined;
}

function lines(path: string, event: EventContract, facts: Facts, { cwd }: Terminal): string[] {
  const { limits, place } = facts;
  const { summary, deprecated, middleware, errors, emits, handler } = event;
  const at = place ? `  ${relative(cwd, place.file)}:${place.line}` : '';
  return [
    `${path} ${event.name}`,
    ...(summary === undefined ? [] : [`  ${summary}`]),
    ...(deprecated === undefined || deprecated === false
      ? []
      : [`  Deprecated${deprecated === true ? '' : `: ${deprecated}`}`]),
    '',
    `limits      ${limits.eventRate} events a second (${limits.eventBurst} at once) of a transport; ${limits.concurrentCalls} calls of a socket at once, ${limits.queuedCalls} wait; ${event.limits.timeout} ms`,
    `middleware  ${middleware.join(' > ') || 'none'}`,
    ...argumentLines(event, facts),
    `handler     ${handler}${at}`,
    `answer      ${answerOf(event)}`,
    ...(event.answer?.values.flatMap((value) => detail(value, facts)) ?? []),
    `emits       ${emits.join(', ') || 'nothing by itself'}`,
    `errors      ${errors.join(', ')}`,
  ];
}

function argumentLines(event: EventContract, facts: Facts): string[] {
  const { arguments: list, rest } = event;
  if (list.length === 0) return [`arguments   ${rest ? 'any number, as they come' : 'none'}`];
  return list.flatMap((each, index) => [
    `${index === 0 ? 'arguments ' : '          '}  ${each.position + 1}. ${label(each)}${wayOf(each, facts)}`,
    ...Object.entries(each.properties ?? {}).map(([name, value]) => `               ${name}  ${label(value)}`),
    ...detail(each, facts),
  ]);
}

function label({ type, each, optional, schema }: ValueContract): string {
  const rules = type === 'unknown' && Object.keys(schema).length === 0 ? 'anything, not validated' : type;
  return `${rules}${each ? '[]' : ''}${optional ? ', may be missing' : ''}`;
}

/** Which way a payload goes. */
function wayOf({ type }: ArgumentContract, { payloads }: Facts): string {
  const row = payloads.find((each) => each.type === type);
  if (!row) return '';
  return row.mode === 'compiled' ? ' (compiled)' : ` (through the libraries: ${row.reasons.join('; ')})`;
}

/** The properties of a DTO under its line. */
function detail({ type, schema }: ValueContract, { contract }: Facts): string[] {
  const dto = contract.schemas[type];
  if (!dto) return Object.keys(schema).length > 1 ? [`               ${rulesOf(schema)}`] : [];
  return propertyLines(dto).map((line) => `               ${line}`);
}

function answerOf({ answer }: EventContract): string {
  if (!answer) return 'what the handler returns; no `returns` declares it';
  return answer.values.map(label).join(', ') || 'nothing';
}

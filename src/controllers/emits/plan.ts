/** The declaration of what may be sent → the check of each event, and the mistakes in it. */
import { InvalidEmission, type EmittedEvents } from './declare.js';
import { readDeclared, type DeclaredArgument } from './declared.js';
import { eachOf, type Step } from '../../base/boot/report.js';
import { asCarried, Invalid, type Issue, type PayloadOptions } from '../../payload/index.js';
import { isThenable } from '../../base/thenable.js';
import { eventNameProblem } from '../scan/check-controllers.js';
import type { ControllerFacts } from '../scan/facts.js';
import { fitEach, fitOne, type ValueCheck, type PlanOf } from '../plan/arguments/check-value.js';
import { mergePayloadOptions } from '../plan/arguments/merge-options.js';
import { PayloadPlans } from '../plan/arguments/payload-plans.js';

/** The event that the framework itself emits; it cannot be declared. */
const OWN_EVENT = 'exception';

/** The events that may be sent. */
export class EmitsPlan {
  constructor(
    readonly events: ReadonlyMap<string, readonly ValueCheck[]>,
    readonly declared: EmittedEvents = {},
  ) {}

  /**
   * Returns what is sent in the place of the given values: each checked, then taken to plain as class-transformer's
   * `instanceToPlain` does.
   * @throws InvalidEmission
   */
  fit(event: string, values: readonly unknown[]): readonly unknown[] {
    if (event === OWN_EVENT) return values;
    const plans = this.events.get(event);
    if (!plans) throw new InvalidEmission(event, [undeclared([...this.events.keys()])]);
    if (values.length > plans.length) throw new InvalidEmission(event, [tooMany(values.length, plans.length)]);
    const fitted = plans.map((plan, index) => fitValue(event, plan, values[index], plans.length > 1 ? `${index}` : ''));
    return values.length < plans.length ? fitted.slice(0, values.length) : fitted;
  }
}

function fitValue(event: string, check: ValueCheck, value: unknown, path: string): unknown {
  const fitted = fitOutgoing(check, value);
  if (!(fitted instanceof Invalid)) return fitted;
  const { issues, cause } = path ? fitted.within(path) : fitted;
  throw new InvalidEmission(event, issues, cause);
}

/** Returns the value to send, or an `Invalid`. Never throws. */
export function fitOutgoing({ fit, payload, isBrought }: ValueCheck, value: unknown): unknown {
  if (!fit) return value;
  try {
    // A class's plan looks at instances itself.
    const fitted = fit(payload || isBrought ? value : asCarried(value));
    return isThenable(fitted) ? Invalid.of(pending) : fitted;
  } catch (cause) {
    return Invalid.of(unreadable, cause);
  }
}

const pending: Issue = {
  path: '',
  rule: 'validator',
  message: 'a rule gave a promise, and an emission does not wait',
};
const unreadable: Issue = { path: '', rule: 'transform', message: 'could not be read' };

function undeclared(declared: readonly string[]): Issue {
  return { path: '', rule: 'declared', message: `\`emits\` declares only ${declared.join(', ') || 'nothing'}` };
}

function tooMany(given: number, declared: number): Issue {
  return { path: '', rule: 'arguments', message: `${given} arguments are more than the ${declared} declared` };
}

/** Plans what `emits` declares, with the payload plans that there are; yields the mistakes. */
export function* planEmits(
  emits: EmittedEvents,
  payload: PayloadOptions,
  plans: PayloadPlans = new PayloadPlans(),
): Step<EmitsPlan> {
  const options = mergePayloadOptions(payload);
  const events = new Map<string, readonly ValueCheck[]>();
  for (const [event, declared] of Object.entries(emits)) {
    const where = `emits['${event}']`;
    const what = event === OWN_EVENT ? ownEventProblem : eventNameProblem(event);
    if (what) yield { code: 'event_name', where, what, fix: 'choose another name.' };
    const { values } = readDeclared(declared);
    events.set(event, yield* eachOf(values, (argument) => planDeclared(argument, where, options, plans)));
  }
  return new EmitsPlan(events, emits);
}

const ownEventProblem = `'${OWN_EVENT}' is what the framework itself tells clients of failures.`;

/** Plans one declared value; yields the mistakes. */
export function* planDeclared(
  { type, each: isEach }: DeclaredArgument,
  where: string,
  payload: PayloadOptions,
  plans: PayloadPlans,
): Step<ValueCheck> {
  if (typeof type !== 'function' || type === Function) {
    const what =
      type === Function ? 'Function stands for the acknowledgement, at the end.' : `${String(type)} is no class.`;
    yield { code: 'emits_argument', where, what, fix: NO_CLASS_REMEDY };
    return { label: '?' };
  }
  for (const problem of plans.typeProblems(type, payload)) yield { where, ...problem };
  if (plans.isForeign(type)) return { label: '?' };
  const planOf: PlanOf = (dto) => plans.outgoing(dto, payload);
  const plan = isEach ? fitEach(type, planOf) : fitOne(type, planOf, false);
  if (plan.payload) {
    for (const problem of plans.asynchronousRules(plan.payload.type, payload)) yield { where, ...problem };
  }
  return plan;
}

const NO_CLASS_REMEDY =
  'give a DTO class, String, Number, Boolean, Buffer, Array, Object, or { each: Item }; undefined comes of files that import each other.';

/** Finds `@Emit` decorators that name an event which is not declared. */
export function* checkEmissions(controllers: readonly ControllerFacts[], { events }: EmitsPlan): Step<void> {
  const handlers = new Map(controllers.flatMap(({ handlers: all }) => all).map((handler) => [handler.label, handler]));
  for (const { label, emissions } of handlers.values()) {
    for (const { event } of emissions) {
      if (events.has(event) || event === OWN_EVENT) continue;
      yield {
        code: 'emit_undeclared',
        where: label,
        what: `@Emit('${event}') is not declared in \`emits\`.`,
        fix: EMIT_REMEDY,
      };
    }
  }
}

const EMIT_REMEDY = 'correct the name, or declare what the event is sent with.';

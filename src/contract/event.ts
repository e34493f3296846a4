/** One handler of an event → its part of the contract. */
import { readDeclared } from '../controllers/emits/declared.js';
import { mergePayloadOptions } from '../controllers/plan/arguments/merge-options.js';
import type { ArgumentOrigin } from '../controllers/plan/arguments/origin.js';
import { describeRow } from '../controllers/plan/table.js';
import type { HandlerPlan } from '../controllers/plan/types.js';
import type { ControllerFacts, HandlerFacts } from '../controllers/scan/facts.js';
import type { PayloadOptions } from '../payload/index.js';
import type { AnswerContract, ArgumentContract, EventContract, JsonSchema, ValueContract } from './contract.js';
import type { Schemas } from './schema/schemas.js';
import { declaredValue, valueOf } from './values.js';

/** Describes what a client sends, and what it is answered. */
export function eventContract(
  controller: ControllerFacts,
  facts: HandlerFacts,
  plan: HandlerPlan,
  payload: PayloadOptions,
  schemas: Schemas,
): EventContract {
  const { returns, throws = [], summary, deprecated } = facts.options;
  const { event, handler, middleware, emits } = describeRow(String(controller.namespace.path), plan);
  const origins = plan.arguments.flatMap(({ origin }) => (origin ? [origin] : []));
  const options = mergePayloadOptions(payload, controller.namespace.options.payload);
  return {
    name: event,
    handler,
    ...(controller.instance ? {} : { class: controller.name, method: String(facts.method) }),
    arguments: argumentsOf(origins, schemas),
    rest: origins.some(({ kind }) => kind === 'args'),
    ...(returns === undefined ? {} : { answer: answerOf(returns, options, schemas) }),
    errors: [...new Set([...throws, ...frameworkCodes])],
    limits: { timeout: plan.timeout },
    middleware,
    emits,
    ...(summary === undefined ? {} : { summary }),
    ...(deprecated === undefined ? {} : { deprecated }),
  };
}

/** The codes that any event may be answered with. */
const frameworkCodes = ['invalid', 'internal', 'timeout', 'busy', 'rate_limited', 'closing'];

function answerOf(
  returns: NonNullable<HandlerFacts['options']['returns']>,
  options: PayloadOptions,
  schemas: Schemas,
): AnswerContract {
  return { values: readDeclared(returns).values.map((each) => declaredValue(each, options, schemas)) };
}

/** The arguments up to the last one that a parameter takes. */
function argumentsOf(origins: readonly ArgumentOrigin[], schemas: Schemas): ArgumentContract[] {
  const taken = origins.filter(({ kind }) => kind === 'payload');
  const count = Math.max(0, ...taken.map(({ position }) => position + 1));
  return Array.from({ length: count }, (_, position) =>
    argumentAt(
      position,
      taken.filter((origin) => origin.position === position),
      schemas,
    ),
  );
}

function argumentAt(position: number, takers: readonly ArgumentOrigin[], schemas: Schemas): ArgumentContract {
  const named = takers.filter(({ key }) => key !== undefined);
  const whole = takers.find(({ key }) => key === undefined);
  const parameters = takers.map(({ parameter }) => parameter);
  const properties = Object.fromEntries(named.map((origin) => [origin.key!, valueOf(origin, schemas)]));
  const isNamed = named.length > 0;
  const value = whole ? valueOf(whole, schemas) : propertiesValue(properties);
  return {
    position,
    source: whole ? 'argument' : isNamed ? 'properties' : 'none',
    parameters,
    ...value,
    ...(isNamed ? { properties } : {}),
  };
}

/** An argument of which only properties are taken: what lacks one that is not optional is refused. */
function propertiesValue(properties: Readonly<Record<string, ValueContract>>): ValueContract {
  const entries = Object.entries(properties);
  const required = entries.filter(([, { optional, type }]) => !optional && type !== 'unknown').map(([name]) => name);
  const schema: JsonSchema =
    required.length === 0
      ? { properties: Object.fromEntries(entries.map(([name, each]) => [name, each.schema])) }
      : {
          type: ['object', 'array'],
          properties: Object.fromEntries(entries.map(([name, each]) => [name, each.schema])),
          required,
        };
  return { type: 'unknown', each: false, optional: required.length === 0, schema: entries.length === 0 ? {} : schema };
}

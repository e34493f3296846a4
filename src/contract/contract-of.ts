/** The plan of an application → its contract. */
import { errorCodes } from '../base/errors.js';
import { groupBy } from '../base/group-by.js';
import { readDeclared } from '../controllers/emits/declared.js';
import type { EmittedEvents } from '../controllers/emits/declare.js';
import type { ApplicationPlan } from '../controllers/plan/application.js';
import { mergePayloadOptions } from '../controllers/plan/arguments/merge-options.js';
import type { ControllerPlan } from '../controllers/plan/controller-plan.js';
import { patternOf } from '../controllers/scan/path.js';
import type { PayloadOptions } from '../payload/index.js';
import type { CodeContract, Contract, EmissionContract, NamespaceContract } from './contract.js';
import { eventContract } from './event.js';
import { handshakeOf, usesSession } from './handshake.js';
import { Schemas } from './schema/schemas.js';
import { declaredValue } from './values.js';

/** Describes the plan as it is now; functions that are added later are in the next one. */
export function contractOf(plan: Pick<ApplicationPlan, 'controllers' | 'emits' | 'payload'>): Contract {
  const schemas = new Schemas();
  const payload = mergePayloadOptions(plan.payload);
  const groups = groupBy(plan.controllers, ({ facts }) => String(facts.namespace.path));
  const namespaces = groups.map((group) => namespaceContract(group, payload, schemas));
  const emits = plan.emits ? emissionsOf(plan.emits.declared, payload, schemas) : [];
  return {
    colloquy: 1,
    namespaces,
    emits,
    codes: codesOf(namespaces),
    schemas: schemas.all(),
  };
}

function namespaceContract(
  controllers: readonly ControllerPlan[],
  payload: PayloadOptions,
  schemas: Schemas,
): NamespaceContract {
  const { path } = controllers[0]!.facts.namespace;
  const handlers = controllers.flatMap((controller) =>
    controller.handlers.map((handler) => ({ ...handler, controller: controller.facts })),
  );
  const described = handlers.map(({ facts, plan, controller }) => ({
    kind: facts.kind,
    event: () => eventContract(controller, facts, plan, payload, schemas),
  }));
  const any = described.find(({ kind }) => kind === 'any')?.event();
  const pattern = patternOf(path)?.source;
  const values = handshakeOf(
    handlers.map(({ plan }) => plan),
    schemas,
  );
  return {
    path: String(path),
    ...(pattern === undefined ? {} : { pattern }),
    parameters: values.filter(({ source }) => source === 'param'),
    handshake: values.filter(({ source }) => source !== 'param'),
    session: usesSession(handlers.map(({ plan }) => plan)),
    events: described.filter(({ kind }) => kind === 'event').map(({ event }) => event()),
    ...(any ? { any } : {}),
    connectErrors: [...new Set(['refused', 'invalid', 'internal', 'timeout', 'closing', ...throwsOf(handlers)])],
  };
}

function throwsOf(handlers: readonly { readonly facts: ControllerPlan['handlers'][number]['facts'] }[]): string[] {
  return handlers.filter(({ facts }) => facts.kind === 'connect').flatMap(({ facts }) => facts.options.throws ?? []);
}

function emissionsOf(emits: EmittedEvents, payload: PayloadOptions, schemas: Schemas): EmissionContract[] {
  return Object.entries(emits).map(([name, declared]) => {
    const { values, acknowledged } = readDeclared(declared);
    return { name, arguments: values.map((each) => declaredValue(each, payload, schemas)), acknowledged };
  });
}

/** The framework's codes with their meanings, then those that applications declare. */
function codesOf(namespaces: readonly NamespaceContract[]): CodeContract[] {
  const known = Object.entries(errorCodes).map(([code, meaning]) => ({ code, meaning }));
  const used = namespaces.flatMap(({ events, any, connectErrors }) => [
    ...events.flatMap(({ errors }) => errors),
    ...(any?.errors ?? []),
    ...connectErrors,
  ]);
  const own = [...new Set(used)].filter((code) => !Object.hasOwn(errorCodes, code));
  return [...known, ...own.map((code) => ({ code }))];
}

/** Classes of another copy of a library than the one that serves: types of parameters, and services. */
import { Namespace, Server, Socket } from 'socket.io';
import { copiesOf, copyProblem } from '../../base/boot/copies.js';
import { globalContainer } from '../../base/container.js';
import { EventContext } from '../../base/context.js';
import type { PlacelessProblem } from '../../base/boot/report.js';
import type { SetupProblem } from '../../base/errors.js';
import { injectedParameters, type Class } from '../../base/reflect.js';

/** The classes that are recognized by their identity, each with members that no other class of the name has. */
const known = [
  { type: Socket, library: 'socket.io', members: ['join', 'leave', 'emit', 'disconnect'] },
  { type: Server, library: 'socket.io', members: ['of', 'attach', 'emit', 'close'] },
  { type: Namespace, library: 'socket.io', members: ['use', 'in', 'emit', 'fetchSockets'] },
  { type: EventContext, library: 'colloquy', members: ['args', 'rooms', 'signal'] },
] as const;

const names: ReadonlySet<string> = new Set(known.map(({ type }) => type.name));

/** Returns the class of ours that a class of another copy stands for; `undefined` for any other class. */
export function ownTwin(type: unknown): Class<unknown> | undefined {
  return twinOf(type)?.type;
}

function twinOf(type: unknown): (typeof known)[number] | undefined {
  if (typeof type !== 'function' || !names.has(type.name)) return undefined;
  const prototype = Object(type.prototype) as object;
  return known.find(
    (each) => each.type !== type && each.type.name === type.name && each.members.every((key) => key in prototype),
  );
}

/** The problem of a class of another copy. */
export function twinProblem(type: unknown): PlacelessProblem | undefined {
  const twin = twinOf(type);
  if (!twin) return undefined;
  const { library, type: own } = twin;
  const copies = copiesOf(library, 'dist/index.js');
  const of = (wanted: unknown) => copies.find(({ exports }) => exports[own.name] === wanted);
  return copyProblem(library, `the type ${own.name} is that of another copy`, of(own), of(type));
}

/** The problem of an object that should be a Socket.IO server and is one of another copy. */
export function serverProblem(io: object): SetupProblem | undefined {
  const twin = io instanceof Server ? undefined : twinProblem(io.constructor);
  return twin && { where: 'io', ...twin };
}

/** The problem of a class that takes, itself or through its services, what was decorated with another copy of tsyringe. */
export function serviceCopyProblem(type: Class): SetupProblem | undefined {
  const copies = copiesOf('tsyringe', 'dist/cjs/dependency-container.js');
  const own = copies.find(({ exports }) => exports['instance'] === globalContainer);
  const others = copies.filter((copy) => copy !== own);
  const queue = new Set<unknown>([type]);
  for (const next of queue) {
    if (typeof next !== 'function') continue;
    const twin = twinProblem(next);
    if (twin) return { where: type.name, ...twin };
    const other = others.find(({ exports }) => (exports['typeInfo'] as Map<unknown, unknown>).has(next));
    if (other && !(own?.exports['typeInfo'] as Map<unknown, unknown> | undefined)?.has(next)) {
      const what = `${next.name} is decorated with another copy, which this one does not know: a @singleton() is made anew each time`;
      return { where: type.name, ...copyProblem('tsyringe', what, own, other) };
    }
    for (const parameter of injectedParameters(next as Class)) queue.add(tokenOf(parameter));
  }
  return undefined;
}

/** The problem of the option `container`, if it is of another copy of tsyringe. */
export function containerProblem(container: object): SetupProblem | undefined {
  if (container.constructor === globalContainer.constructor) return undefined;
  const copies = copiesOf('tsyringe', 'dist/cjs/dependency-container.js');
  const of = (wanted: Function) => copies.find(({ exports }) => Object(exports['instance']).constructor === wanted);
  const other = of(container.constructor);
  const what = 'the container is of another copy, which does not know what controllers take';
  if (!other) return undefined;
  return { where: 'container', ...copyProblem('tsyringe', what, of(globalContainer.constructor), other) };
}

function tokenOf(parameter: unknown): unknown {
  return typeof parameter === 'object' && parameter !== null && 'token' in parameter ? parameter.token : parameter;
}

/** The contract as an AsyncAPI 3.1 document, as plain data. */
import type {
  ArgumentContract,
  Contract,
  EmissionContract,
  EventContract,
  JsonSchema,
  NamespaceContract,
  ValueContract,
} from './contract.js';
import { referringTo } from './schema/references.js';

/** The `info` of a document. */
export interface AsyncapiOptions {
  readonly title?: string;
  readonly version?: string;
  /** The address of the server: `localhost:5000`. */
  readonly host?: string;
  /** The path of Engine.IO; `/socket.io/` unless given. */
  readonly path?: string;
  readonly secure?: boolean;
}

type Document = Readonly<Record<string, unknown>>;

/** The place of the schemas in the document. */
const COMPONENTS = '#/components/schemas/';

/** Describes each namespace as a channel, and each event as an operation with its acknowledgement as the reply. */
export function asyncapiOf(contract: Contract, options: AsyncapiOptions = {}): Document {
  const {
    title = 'Application',
    version = '1.0.0',
    host = 'localhost',
    path = '/socket.io/',
    secure = false,
  } = options;
  const channels = contract.namespaces.map((namespace, index) => new Channel(contract, namespace, index));
  const auths = channels.filter((channel) => channel.auth);
  return {
    asyncapi: '3.1.0',
    info: { title, version, description: 'Socket.IO 4; arguments and answers are tuples.' },
    defaultContentType: 'application/json',
    servers: { main: { host, pathname: path, protocol: secure ? 'wss' : 'ws' } },
    channels: Object.fromEntries(channels.map((channel) => [channel.id, channel.describe()])),
    operations: Object.assign({}, ...channels.map((channel) => channel.operations())) as Document,
    components: {
      messages: { failure: failureMessage, exception: exceptionMessage },
      schemas: Object.fromEntries(
        Object.entries(contract.schemas).map(([name, schema]) => [name, referringTo(COMPONENTS, schema)]),
      ),
      ...(auths.length === 0
        ? {}
        : { securitySchemes: Object.fromEntries(auths.map((each) => [`${each.id}_auth`, authScheme])) }),
    },
  };
}

const authScheme = {
  type: 'userPassword',
  description: 'The `auth` of the Socket.IO handshake; its schema is `x-auth` of the channel.',
};

const failureSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        details: {},
        issues: { type: 'array' },
        id: { type: 'string' },
      },
    },
  },
};
const failureMessage = {
  name: 'failure',
  summary: 'The answer to a call that failed.',
  payload: tuple([failureSchema], 1),
};
const exceptionMessage = {
  name: 'exception',
  summary: 'An event failed that asked for no answer.',
  payload: tuple([{ ...failureSchema, properties: { ...failureSchema.properties, event: { type: 'string' } } }], 1),
};

class Channel {
  readonly id: string;

  constructor(
    private readonly contract: Contract,
    private readonly namespace: NamespaceContract,
    index: number,
  ) {
    this.id = `${index}_${idOf(namespace.path)}`;
  }

  get auth(): JsonSchema | undefined {
    const found = this.namespace.handshake.filter(({ source }) => source === 'auth');
    const whole = found.find(({ key }) => key === undefined);
    if (found.length === 0) return undefined;
    if (whole) return referringTo(COMPONENTS, whole.schema);
    return {
      type: 'object',
      properties: Object.fromEntries(found.map(({ key, schema }) => [key!, referringTo(COMPONENTS, schema)])),
    };
  }

  get #isPath(): boolean {
    const { path, pattern } = this.namespace;
    return path.startsWith('/') && (pattern === undefined || path.includes('/:'));
  }

  describe(): Document {
    const { path, parameters, handshake } = this.namespace;
    const query = handshake.filter(({ source }) => source === 'query');
    return {
      address: this.#isPath ? path.replace(/:(\w+)/g, '{$1}') : null,
      servers: [{ $ref: '#/servers/main' }],
      messages: this.#messages(),
      ...this.#parameters(parameters),
      bindings: { ws: { query: { type: 'object', properties: this.#query(query) } } },
      'x-namespace': path,
      ...(this.auth ? { 'x-auth': this.auth } : {}),
    };
  }

  operations(): Document {
    const { events } = this.namespace;
    const security = this.auth ? { security: [{ $ref: `#/components/securitySchemes/${this.id}_auth` }] } : {};
    const received = events.map((event) => [this.#key('on', event.name), { ...this.#receive(event), ...security }]);
    const sent = this.contract.emits.map(({ name }) => [this.#key('emit', name), this.#send(name)]);
    return Object.fromEntries([
      ...received,
      ...sent,
      [this.#key('emit', 'exception'), this.#send('exception')],
    ]) as Document;
  }

  #receive(event: EventContract): Document {
    const { name, summary, deprecated, errors, limits } = event;
    return {
      action: 'receive',
      channel: { $ref: `#/channels/${this.id}` },
      ...(summary === undefined ? {} : { summary }),
      ...(deprecated === undefined || deprecated === false ? {} : { 'x-deprecated': deprecated }),
      messages: [this.#message('on', name)],
      reply: {
        channel: { $ref: `#/channels/${this.id}` },
        messages: [this.#message('ack', name), { $ref: `#/channels/${this.id}/messages/failure` }],
      },
      'x-errors': errors,
      'x-timeout': limits.timeout,
    };
  }

  #send(name: string): Document {
    const id =
      name === 'exception' ? { $ref: `#/channels/${this.id}/messages/exception` } : this.#message('emit', name);
    return { action: 'send', channel: { $ref: `#/channels/${this.id}` }, messages: [id] };
  }

  #messages(): Document {
    const { events } = this.namespace;
    return {
      ...Object.fromEntries(events.map((event) => [messageKey('on', event.name), argumentsMessage(event)])),
      ...Object.fromEntries(events.map((event) => [messageKey('ack', event.name), answerMessage(event)])),
      ...Object.fromEntries(
        this.contract.emits.map((event) => [messageKey('emit', event.name), emissionMessage(event)]),
      ),
      failure: { $ref: '#/components/messages/failure' },
      exception: { $ref: '#/components/messages/exception' },
    };
  }

  #parameters(parameters: NamespaceContract['parameters']): Document {
    const names = [...this.namespace.path.matchAll(/\/:(\w+)/g)].map(([, name]) => name!);
    if (names.length === 0) return {};
    const typeOf = (name: string): string => parameters.find(({ key }) => key === name)?.type ?? 'string';
    return { parameters: Object.fromEntries(names.map((name) => [name, { description: `A ${typeOf(name)}.` }])) };
  }

  #query(query: NamespaceContract['handshake']): Document {
    const named = query.filter(({ key }) => key !== undefined);
    return {
      EIO: { type: 'string', const: '4' },
      transport: { type: 'string', enum: ['polling', 'websocket'] },
      ...Object.fromEntries(named.map(({ key, schema }) => [key!, referringTo(COMPONENTS, schema)])),
    };
  }

  #key(kind: string, name: string): string {
    return `${this.id}_${messageKey(kind, name)}`;
  }

  #message(kind: string, name: string): Document {
    return { $ref: `#/channels/${this.id}/messages/${messageKey(kind, name)}` };
  }
}

/** A key of components: letters, digits, `.`, `-` and `_`; anything else by its number, so that no two are the same. */
function idOf(name: string): string {
  return name
    .replace(/^\//, '')
    .replace(/[^A-Za-z0-9.-]/g, (sign) => (sign === '/' ? '_' : `_${sign.codePointAt(0)}_`));
}

function messageKey(kind: string, name: string): string {
  return `${kind}_${idOf(name)}`;
}

function argumentsMessage({ name, arguments: list, summary }: EventContract): Document {
  const required = list.findLastIndex(({ optional }) => !optional) + 1;
  return {
    name,
    ...(summary === undefined ? {} : { summary }),
    payload: tuple(list.map(schemaOf), required),
  };
}

function answerMessage({ name, answer }: EventContract): Document {
  const payload = answer ? tuple(answer.values.map(schemaOf), answer.values.length) : { type: 'array' };
  return { name: `${name} (acknowledgement)`, payload };
}

function emissionMessage({ name, arguments: list }: EmissionContract): Document {
  return { name, payload: tuple(list.map(schemaOf), 0) };
}

function schemaOf({ schema }: ValueContract | ArgumentContract): JsonSchema {
  return referringTo(COMPONENTS, schema);
}

/** Arguments in their order; more are dropped by the server, so they are not forbidden. */
function tuple(items: readonly JsonSchema[], required: number): JsonSchema {
  return {
    type: 'array',
    ...(items.length > 0 ? { items: [...items] } : {}),
    ...(required > 0 ? { minItems: required } : {}),
  };
}

/** The contract of an application: plain data that says what clients may send, and what they receive. */

/** A JSON Schema 2020-12, with `x-rules` for the rules that it cannot say. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** All that clients of an application need to know. It is plain data, and the same as JSON. */
export interface Contract {
  /** The version of this format. */
  readonly colloquy: 1;
  readonly namespaces: readonly NamespaceContract[];
  /** The events that are sent to clients, if the option `emits` declares them; the same in all namespaces. */
  readonly emits: readonly EmissionContract[];
  /** The error codes: those of the framework, then those of `throws`. */
  readonly codes: readonly CodeContract[];
  /** The schema of each DTO by its name; `$ref` is `#/schemas/Name`. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** One namespace. */
export interface NamespaceContract {
  /** As it was declared: `/chat`, `/game/:id`, `*`, or the text of a RegExp. */
  readonly path: string;
  /** The regular expression of a family of namespaces. */
  readonly pattern?: string;
  /** The names in the path, each with what it must be. */
  readonly parameters: readonly HandshakeContract[];
  /** The schemas of `auth`, the query, headers and cookies of a connection. */
  readonly handshake: readonly HandshakeContract[];
  /** Whether the session of HTTP is used. */
  readonly session: boolean;
  readonly events: readonly EventContract[];
  /** The handler of every other event, if there is one. */
  readonly any?: EventContract;
  /** The codes that `connect_error` may have under `data.code`. */
  readonly connectErrors: readonly string[];
}

/** One value: an argument, an answer, or an element of a handshake. */
export interface ValueContract {
  /** `string`, `number`, `boolean`, `Buffer`, `Uint8Array`, `array`, `unknown`, or the name of a DTO in `schemas`. */
  readonly type: string;
  /** Whether it is an array of that type. */
  readonly each: boolean;
  readonly optional: boolean;
  readonly schema: JsonSchema;
}

/** A value of the handshake. */
export interface HandshakeContract extends ValueContract {
  readonly source: 'auth' | 'query' | 'header' | 'cookie' | 'param';
  /** The name of the one property, header, cookie or parameter; all of them unless given. */
  readonly key?: string;
}

/** A value at its position among the arguments of an event. */
export interface ArgumentContract extends ValueContract {
  readonly position: number;
  /** The part of the argument that a handler takes: all of it, or some of its properties. */
  readonly source: 'argument' | 'properties' | 'none';
  /** The positions of the method's parameters that read it. */
  readonly parameters: readonly number[];
  /** The properties that parameters take by name. */
  readonly properties?: Readonly<Record<string, ValueContract>>;
}

/** The answer to a call: the arguments of the acknowledgement. */
export interface AnswerContract {
  readonly values: readonly ValueContract[];
}

/** One event that clients may send. */
export interface EventContract {
  readonly name: string;
  /** `Class.method`. */
  readonly handler: string;
  /** The name of the class, unless a function handles the event. */
  readonly class?: string;
  readonly method?: string;
  readonly arguments: readonly ArgumentContract[];
  /** Whether the handler takes any number of arguments, with `@Args`. */
  readonly rest: boolean;
  /** The declaration of `returns`; absent if nothing is declared. */
  readonly answer?: AnswerContract;
  /** The codes of `throws`, then those that the framework itself may answer. */
  readonly errors: readonly string[];
  readonly limits: {
    /** Milliseconds. */
    readonly timeout: number;
  };
  /** The names of what wraps the handler, outermost first. */
  readonly middleware: readonly string[];
  /** The events that `@Emit` sends beside the answer. */
  readonly emits: readonly string[];
  readonly summary?: string;
  /** `true`, or what to use instead. */
  readonly deprecated?: boolean | string;
}

/** One event that is sent to clients. */
export interface EmissionContract {
  readonly name: string;
  readonly arguments: readonly ValueContract[];
  /** Whether clients may be asked to acknowledge it. */
  readonly acknowledged: boolean;
}

/** One error code. */
export interface CodeContract {
  readonly code: string;
  /** Its meaning for the client; absent for the codes of the application. */
  readonly meaning?: string;
}

/**
 * For clients in TypeScript and JavaScript: a socket with the types of a contract, and failed calls as rejected promises. It
 * has no dependency and runs in browsers.
 */
export { call, CallError, unwrap } from './call.js';
export type { CallingSocket } from './call.js';
export { connect } from './connect.js';
export type { CallOptions, Client, ClientOptions, ClientSocket } from './connect.js';
export type { TraceContext } from './trace.js';
export type {
  ArgsOf,
  Bytes,
  Call,
  CallFailure,
  Calls,
  CallTypes,
  CodeOf,
  EmissionName,
  EventName,
  Events,
  ExceptionEvent,
  FailedAnswer,
  FrameworkCode,
  Json,
  NamespaceTypes,
  ReceivedOf,
  ResultOf,
} from './types.js';

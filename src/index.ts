/** The public names of `colloquy`, one by one. */
export { createApp } from './app/create-app.js';
export type { RecorderOptions } from './telemetry/recorder/options.js';
export type { DumpOptions, FlightRecorder } from './telemetry/recorder/recorder.js';
export type {
  Bytes as RecordedBytes,
  Dump,
  Hidden,
  Recorded,
  RecordedCall,
  RecordedConnection,
  RecordedEntry,
  RecordedOutcome,
} from './telemetry/recorder/dump.js';
export type { App, AppOptions, Health } from './app/options.js';
export type { MetricsOption, MetricsOptions } from './telemetry/metrics/option.js';
export { AdapterError } from './cluster/errors.js';
export type { AdapterHealth, AdapterOption, AdapterOptions, AdapterStatus } from './cluster/index.js';
export type { EngineOption } from './server/engine/index.js';

export { Namespace } from './controllers/decorators/namespace.js';
export {
  On,
  OnAny,
  OnConnect,
  OnDisconnect,
  OnError,
  OnJoin,
  OnLeave,
  OnMessage,
} from './controllers/decorators/handlers.js';
export { Emit } from './controllers/decorators/emit.js';
export { Background } from './controllers/decorators/background.js';
export { Use } from './controllers/decorators/use.js';
export { InjectNamespace } from './controllers/decorators/inject.js';
export {
  Ack,
  Args,
  Auth,
  ConnectedSocket,
  Cookie,
  createParamDecorator,
  Data,
  EventName,
  Handshake,
  Header,
  Param,
  Payload,
  Query,
  Reason,
  Recovered,
  Room,
  Rooms,
  Signal,
  SocketId,
  Transport,
} from './controllers/decorators/params.js';

export { EventContext, reply } from './base/context.js';
export type { AckFunction, ContextKind, Reply } from './base/context.js';
export { InvalidAnswer, InvalidEmission } from './controllers/emits/declare.js';
export type { EmittedArgument, EmittedEvents, EventsOf } from './controllers/emits/declare.js';
export { ConnectionRefused, errorCodes, EventError, InvalidPayload, SetupError } from './base/errors.js';
export type { ErrorAnswer, ErrorBody, ErrorCode, SetupProblem } from './base/errors.js';

export type { ConstructorParameterDecorator } from './base/container.js';
export type { HandlerDecorator, ParameterDecorator } from './controllers/decorators/placement.js';
export type { AnswerFor, AnsweringDecorator } from './controllers/decorators/handlers.js';
export type { UseDecorator } from './controllers/decorators/use.js';
export type { Class } from './base/reflect.js';
export type {
  BackgroundOptions,
  EmissionOptions,
  EmissionTarget,
  DeclaredAnswer,
  HandlerOptions,
  NamespaceOptions,
  ParamOptions,
  ReturningOptions,
} from './controllers/metadata/types.js';
export type { Middleware, MiddlewareLike, MiddlewareObject, Next } from './base/middleware.js';
export type { Issue, MessageOf, PayloadOptions } from './payload/index.js';
export type {
  AnswerContract,
  ArgumentContract,
  CodeContract,
  Contract,
  EmissionContract,
  EventContract,
  HandshakeContract,
  JsonSchema,
  NamespaceContract,
  ValueContract,
} from './contract/contract.js';
export type { PayloadRow, PlanRow } from './controllers/plan/types.js';
export type { ControllerSource } from './controllers/scan/load.js';
export type {
  FunctionOptions,
  FunctionPayload,
  HandlerFunction,
  PayloadArguments,
} from './controllers/scan/functions.js';
export type { ErrorHandler } from './connections/runtime.js';
export { Session } from './server/session/session.js';
export { sessionIdOf } from './server/session/session-options.js';
export type { SessionOptions } from './server/session/session-options.js';
export { call, type CallClient, type RemoteClient } from './connections/asking/call.js';
export { callAll } from './connections/asking/call-all.js';
export type { Answer, Answers, CallTarget, FailedAnswer } from './connections/asking/call-all.js';
export { CallError } from './client/index.js';
export type { CallFailure } from './client/index.js';
export { disconnectReasons } from './base/reasons.js';
export type { DisconnectReason } from './base/reasons.js';
export { sleep } from './background/sleep.js';
export type { Lease } from './background/lease.js';
export type { HeldLease } from './base/held-lease.js';
export { defaultLimits } from './base/limits.js';
export type { Limits } from './base/limits.js';
export type { Logger, LogMethod } from './base/log.js';
export type { Address, ListenOptions } from './server/http.js';
export type { DocsOption, DocsOptions } from './contract/page/docs-options.js';
export type { HttpOptions } from './server/pages.js';

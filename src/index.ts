export { createApp } from './app.js';
export type { App, AppOptions, Health } from './app/options.js';
export { AdapterError } from './adapter/errors.js';
export type { AdapterHealth, AdapterOption, AdapterOptions, AdapterStatus } from './adapter/index.js';
export type { EngineOption } from './engine/index.js';

export { Namespace } from './decorators/namespace.js';
export { On, OnAny, OnConnect, OnDisconnect, OnError, OnJoin, OnLeave, OnMessage } from './decorators/handlers.js';
export { Emit } from './decorators/emit.js';
export { Background } from './decorators/background.js';
export { Use } from './decorators/use.js';
export { InjectNamespace } from './decorators/inject.js';
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
} from './decorators/params.js';

export { EventContext, reply } from './context.js';
export type { AckFunction, ContextKind, Reply } from './context.js';
export { InvalidEmission } from './emits.js';
export type { EmittedArgument, EmittedEvents, EventsOf } from './emits.js';
export { ConnectionRefused, errorCodes, EventError, InvalidPayload, SetupError } from './errors.js';
export type { ErrorAnswer, ErrorBody, ErrorCode, SetupProblem } from './errors.js';

export type { ConstructorParameterDecorator } from './container.js';
export type { HandlerDecorator, ParameterDecorator } from './decorators/placement.js';
export type { UseDecorator } from './decorators/use.js';
export type { Class } from './reflect.js';
export type {
  BackgroundOptions,
  EmissionOptions,
  EmissionTarget,
  HandlerOptions,
  NamespaceOptions,
  ParamOptions,
} from './metadata/types.js';
export type { Middleware, MiddlewareLike, MiddlewareObject, Next } from './middleware.js';
export type { Issue, PayloadOptions } from './payload/index.js';
export type { PayloadRow, PlanRow } from './plan/types.js';
export type { ControllerSource } from './plan/load.js';
export type { FunctionOptions, FunctionPayload, HandlerFunction, PayloadArguments } from './plan/functions.js';
export type { ErrorHandler } from './runtime/runtime.js';
export { Session } from './session/session.js';
export { sessionIdOf } from './session/options.js';
export type { SessionOptions } from './session/options.js';
export { call } from './asking/call.js';
export { callAll } from './asking/call-all.js';
export type { Answer, Answers, CallTarget, FailedAnswer } from './asking/call-all.js';
export { CallError } from './client/index.js';
export type { CallFailure } from './client/index.js';
export { disconnectReasons } from './reasons.js';
export type { DisconnectReason } from './reasons.js';
export { sleep } from './background/sleep.js';
export type { Lease } from './background/lease.js';
export { defaultLimits } from './limits.js';
export type { Limits } from './limits.js';
export type { Logger, LogMethod } from './log.js';
export type { Address, ListenOptions } from './serving/http.js';
export type { HttpOptions } from './serving/pages.js';

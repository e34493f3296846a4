/** OpenTelemetry's packages for NestJS and for Socket.IO; to be imported before either, and the hook before them all: NestJS is of ES modules. */
import { register } from 'node:module';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { NestInstrumentation } from '@opentelemetry/instrumentation-nestjs-core';
import { SocketIoInstrumentation } from '@opentelemetry/instrumentation-socket.io';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
registerInstrumentations({ instrumentations: [new NestInstrumentation(), new SocketIoInstrumentation()] });

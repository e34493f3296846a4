/** The whole way of a span: over OTLP/HTTP to a receiver, and what is said where OpenTelemetry is not installed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Namespace, On } from '../../../src/index.js';
import { root } from '../../repo/sources.js';
import { start } from '../../support/app.js';
import { until } from '../../support/wait.js';
import { record } from './sdk.js';

interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue?: string } }[];
  readonly links?: readonly object[];
}

interface OtlpRequest {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[];
}

@Namespace('/chat')
class Chat {
  @On() say() {
    return 'said';
  }
}

it('spans arrive at a receiver over OTLP/HTTP', async (t) => {
  const received: OtlpSpan[] = [];
  const receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (data) => (body += String(data)));
    request.on('end', () => {
      const { resourceSpans } = JSON.parse(body) as OtlpRequest;
      received.push(...resourceSpans.flatMap((each) => each.scopeSpans.flatMap(({ spans }) => spans)));
      response.setHeader('content-type', 'application/json').end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  t.after(() => {
    receiver.closeAllConnections();
    receiver.close();
  });
  const { port } = receiver.address() as AddressInfo;
  record(t, undefined, new OTLPTraceExporter({ url: `http://127.0.0.1:${port}/v1/traces` }));
  const { connect } = await start(t, [Chat]);
  await (await connect('/chat')).emitWithAck('say');
  const find = (): OtlpSpan | undefined => received.find(({ name }) => name === '/chat/say');
  await until(() => find() !== undefined, 'the span');
  const span = find()!;
  const valueOf = (name: string): string | undefined =>
    span.attributes.find(({ key }) => key === name)?.value.stringValue;
  assert.equal(span.kind, 2);
  assert.deepEqual(['rpc.system.name', 'rpc.method'].map(valueOf), ['socket.io', '/chat/say']);
  assert.equal(span.links?.length, 1);
});

it('where @opentelemetry/api is not installed, the error names the command', () => {
  const script = `
    import Module from 'node:module';
    const resolve = Module._resolveFilename;
    Module._resolveFilename = (request, ...rest) => {
      if (request === '@opentelemetry/api') throw Object.assign(new Error('not found'), { code: 'MODULE_NOT_FOUND' });
      return resolve(request, ...rest);
    };
    await import(${JSON.stringify(pathToFileURL(join(root, '.build/src/telemetry/otel/index.js')).href)});`;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /colloquy\/otel needs the package "@opentelemetry\/api": npm install @opentelemetry\/api/);
});

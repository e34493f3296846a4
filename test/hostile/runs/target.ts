/** The server that fuzzing and soaking let hostile clients loose on, in a process of its own. */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import msgpack from 'socket.io-msgpack-parser';
import { createApp, ConnectionRefused, Namespace, On, OnConnect, Payload } from '../../../src/index.js';
import { Socket } from 'socket.io';

class Point {
  @IsInt() @Min(-1000) @Max(1000) x!: number;
  @IsInt() y!: number;
}

class Say {
  @IsString() @Length(1, 200) text!: string;
  @IsInt() @Min(0) n!: number;
  @IsOptional() @ValidateNested() @Type(() => Point) at?: Point;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Point) path?: Point[];
}

@Namespace('/')
class Main {
  @On() echo(value: unknown) {
    return value;
  }
  @On() async slow(n: number) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return n;
  }
  @On() say(say: Say) {
    if (!(say instanceof Say) || typeof say.text !== 'string' || !Number.isInteger(say.n)) process.exit(70);
    return { n: say.n };
  }
  @On() points(@Payload({ each: Point }) points: Point[]) {
    if (!points.every((point) => point instanceof Point && Number.isInteger(point.x))) process.exit(71);
    return points.length;
  }
  @On() async join(room: string, socket: Socket) {
    await socket.join(room);
  }
  @On() async ask(socket: Socket) {
    socket.emit('question', (answer: { name: string }) => answer.name.length);
  }
}

@Namespace('/guarded/:id')
class Guarded {
  @OnConnect async enter(socket: Socket) {
    await Promise.resolve();
    if (socket.handshake.auth['token'] !== 'right') throw new ConnectionRefused('no');
  }
}

const pages = mkdtempSync(join(tmpdir(), 'colloquy-target-'));
writeFileSync(join(pages, 'index.html'), 'a page');

const common = { controllers: [Main, Guarded], logger: false, signals: false, static: pages } as const;
const plain = await createApp({ ...common, connectionStateRecovery: { maxDisconnectionDuration: 5_000 } });
const packed = await createApp({ ...common, parser: msgpack });
const ports = [await plain.listen({ port: 0, host: '127.0.0.1' }), await packed.listen({ port: 0, host: '127.0.0.1' })];

process.on('message', (question) => {
  if (question === 'state') {
    globalThis.gc?.();
    const { heapUsed } = process.memoryUsage();
    process.send!({ state: { heapUsed, polluted: Object.keys(Object.prototype), health: plain.health() } });
  } else if (question === 'stop') void Promise.all([plain.close(), packed.close()]).then(() => process.disconnect());
});
// Whoever started this process may have been ended without a word.
process.once('disconnect', () => process.exit());
process.send!({ ports: ports.map(({ port }) => port) });

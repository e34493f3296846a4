import 'reflect-metadata';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from 'class-transformer';
import { IsArray, IsInt, IsOptional, IsString, Length, MaxLength, Min, ValidateNested } from 'class-validator';
import { Socket } from 'socket.io';
import {
  Args,
  Auth,
  createApp,
  Emit,
  Namespace,
  On,
  OnAny,
  OnConnect,
  Param,
  Payload,
  Query,
  type Contract,
} from '../../src/index.js';
import { createTestApp } from '../../src/testing/index.js';

class Credentials {
  @IsString() @Length(8, 200) token!: string;
}
class Line {
  @IsString() text!: string;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Line) answers?: Line[];
}
class Say {
  @IsString() @MaxLength(20) room!: string;
  @IsArray() @IsInt({ each: true }) @Min(1, { each: true }) marks!: number[];
  @ValidateNested() @Type(() => Line) line!: Line;
}

@Namespace('/chat')
class Chat {
  @OnConnect enter(@Auth() _who: Credentials, @Query('version') _version: number): void {}
  @On('say', { returns: Line, throws: ['room_full'], summary: 'Says it.', deprecated: 'use tell', timeout: 500 })
  @Emit('said', { to: 'others' })
  say(say: Say, _socket: Socket, @Payload({ optional: true }) _times: number): Line {
    return say.line;
  }
  @On() named(@Payload('room') _room: string, @Payload('size') _size: number): void {}
  @On() all(@Args() _args: unknown[]): void {}
  @OnAny any(): void {}
}

@Namespace('/game/:id')
class Game {
  @On() move(@Param('id') _id: string, @Payload({ each: Line }) _lines: Line[]): void {}
}

async function contract(): Promise<Contract> {
  const app = await createTestApp({
    controllers: [Chat, Game],
    emits: { said: Line, moved: [{ each: Line }, Number, Function], cleared: [] },
  });
  const found = app.contract();
  await app.close();
  return found;
}

test('the contract is plain data, the same as its JSON', async () => {
  const found = await contract();
  assert.deepEqual(JSON.parse(JSON.stringify(found)), found);
});

test('it says of every event what is sent, in order, and what is answered', async () => {
  const { namespaces, codes } = await contract();
  const [chat, game] = namespaces;
  assert.deepEqual(
    chat!.events.map(({ name }) => name),
    ['say', 'named', 'all'],
  );
  const [say, named, all] = chat!.events;
  assert.deepEqual(
    say!.arguments.map(({ type, optional, each, source }) => [type, optional, each, source]),
    [
      ['Say', false, false, 'argument'],
      ['number', true, false, 'argument'],
    ],
  );
  assert.equal(say!.handler, 'Chat.say');
  assert.deepEqual(
    say!.arguments.map(({ parameters }) => parameters),
    [[0], [2]],
  );
  assert.deepEqual(
    say!.answer?.values.map(({ type }) => type),
    ['Line'],
  );
  assert.equal(say!.errors[0], 'room_full');
  assert.deepEqual([say!.summary, say!.deprecated, say!.limits.timeout], ['Says it.', 'use tell', 500]);
  assert.deepEqual(say!.emits, ['said']);
  assert.deepEqual(Object.keys(named!.arguments[0]!.properties!), ['room', 'size']);
  assert.equal(all!.rest, true);
  assert.equal(chat!.any?.name, '*');
  assert.deepEqual(
    chat!.handshake.map(({ source, key, type }) => [source, key, type]),
    [
      ['auth', undefined, 'Credentials'],
      ['query', 'version', 'number'],
    ],
  );
  assert.deepEqual(
    game!.parameters.map(({ key }) => key),
    ['id'],
  );
  assert.equal(game!.pattern, '^\\/game\\/(?<id>[^/]+)$');
  assert.deepEqual(game!.events[0]!.arguments[0]!.schema, { type: 'array', items: { $ref: '#/schemas/Line' } });
  assert.ok(codes.some(({ code, meaning }) => code === 'room_full' && meaning === undefined));
});

test('it says what is emitted, and to what clients may be asked an answer', async () => {
  const { emits } = await contract();
  assert.deepEqual(
    emits.map(({ name, acknowledged, arguments: list }) => [
      name,
      acknowledged,
      list.map(({ type, each }) => [type, each]),
    ]),
    [
      ['said', false, [['Line', false]]],
      [
        'moved',
        true,
        [
          ['Line', true],
          ['number', false],
        ],
      ],
      ['cleared', false, []],
    ],
  );
});

test('schemas come from the rules, and what they cannot say is in x-rules', async () => {
  const { schemas } = await contract();
  assert.deepEqual(Object.keys(schemas).toSorted(), ['Credentials', 'Line', 'Say']);
  const say = schemas['Say'] as { properties: Record<string, unknown>; required: string[] };
  assert.deepEqual(say.properties['marks'], {
    type: 'array',
    items: { type: 'integer', minimum: 1 },
    'x-shape': 'array',
  });
  assert.ok(say.required.includes('room') && say.required.includes('marks'));
});

test('a boot describes no payload: the contract is made for those who ask for it', async (t) => {
  let made = 0;
  class Counted {
    @IsString() text = '';
    constructor() {
      made++;
    }
  }
  @Namespace('/counted')
  class Counting {
    @On() say(_said: Counted): void {}
  }
  const app = await createApp({ controllers: [Counting], logger: false });
  t.after(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  assert.equal(made, 0);
  assert.equal(app.contract().namespaces.length > 0, true);
  assert.equal(made, 1);
});

/** Random conversations for the fast lane: what clients send, what clients should not send, and who begins to listen meanwhile. */
import fc from 'fast-check';
import { clientFrame } from '../../server/engine/support.js';
import { actions, type Action } from './actions.js';

/** Something that happens at the server: bytes come, or somebody does something. Each is followed by a while, or is not. */
export type Step = ({ readonly chunk: Buffer } | { readonly act: Action }) & { readonly rests: boolean };

const namespaces = [
  '',
  '',
  '',
  '/chat,',
  '/chat,',
  '/chat,',
  '/chat,',
  '/plain,',
  '/,',
  '/nobody,',
  '/chat?a=1,',
  '/chat',
  '/CHAT,',
  '/chat,,',
  ',',
  '//chat,',
];
const ids = [
  '',
  '',
  '1',
  '2',
  '3',
  '17',
  '64',
  '250',
  '007',
  '0',
  '-1',
  '+1',
  '1.5',
  '1e3',
  ' 5',
  '5 ',
  '1_0',
  '0x10',
  'a',
  '٣',
  '999999999999999',
  '1000000000000000',
  '9007199254740993',
  '12345678901234567890',
  '9'.repeat(400),
];

const valid = { room: 'general', text: 'a text that is long enough to be one', n: 42 };
const texts = fc.oneof(
  fc.string({ maxLength: 30 }),
  fc.string({ maxLength: 30, unit: 'binary' }),
  fc.constantFrom(
    '',
    'é',
    '語',
    '\u{1f600}',
    '\ud800',
    '\u2028',
    '"\\\n',
    'x'.repeat(120),
    'y'.repeat(4090),
    'z'.repeat(5000),
  ),
);
const said = fc.oneof(
  fc.constant(valid),
  fc.record({ room: texts, text: texts, n: fc.oneof(fc.integer(), fc.constantFrom(1.5, '1', null)) }),
  fc.constantFrom<unknown>(undefined, null, 1, 'a text', [], {}, [valid], { ...valid, more: 1 }),
);
const crowd = fc.record({
  all: fc.oneof(fc.array(said, { maxLength: 4 }), said),
  many: fc.constantFrom<unknown>(1, 1, 1.5),
  name: texts,
});
const names = [
  'echo',
  'echo',
  'echo',
  'say',
  'say',
  'again',
  'later',
  'nothing',
  'several',
  'byHand',
  'twice',
  'bytes',
  'dated',
  'sized',
  'fails',
  'refuses',
  'loops',
  'tells',
  'tellsVolatile',
  'unknown',
  'heard',
  'error',
  'message',
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
  '__proto__',
  'toString',
  '',
];
const nested = fc.nat(80).map((depth) => `${'['.repeat(depth)}1${']'.repeat(depth)}`);
const json = fc.oneof(
  { arbitrary: fc.tuple(fc.constantFrom(...names), said).map((values) => JSON.stringify(values)), weight: 12 },
  {
    arbitrary: fc.tuple(fc.constantFrom('echo', 'sized'), fc.jsonValue()).map((values) => JSON.stringify(values)),
    weight: 6,
  },
  { arbitrary: crowd.map((value) => JSON.stringify(['crowd', value])), weight: 2 },
  { arbitrary: fc.constantFrom(...actions).map((action) => JSON.stringify(['act', action])), weight: 6 },
  { arbitrary: nested.map((value) => `["echo",${value}]`), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      '["echo",{"__proto__":{"a":1}}]',
      '["\\u0065cho","\\u00e9"]',
      '[ "echo" , 1 ]',
      '["echo",1e400]',
      '["echo",-0]',
      '["echo","a",1,null,{"b":[]}]',
      '["echo"]',
      '["say"]',
      '["echo",{"_placeholder":true,"num":0}]',
      '["echo",{"toJSON":1}]',
      '["echo",9007199254740993]',
      '["echo",{"a":1,"a":2}]',
    ),
    weight: 4,
  },
  {
    arbitrary: fc.constantFrom(
      '',
      '[]',
      '{}',
      'null',
      '1',
      '"echo"',
      '[',
      '["echo"',
      '["echo",]',
      '["echo",,1]',
      '["echo"]]',
      ' ["echo",1]',
      '[5,1]',
      '[1.5]',
      '[null]',
      '[["echo"]]',
      '[{}]',
      '["echo",1]x',
      '["echo",1] ',
      "['echo']",
      '\u0000',
    ),
    weight: 1,
  },
);
const event = fc
  .tuple(fc.constantFrom(...namespaces.slice(0, 8)), fc.constantFrom(...ids.slice(0, 8)), json)
  .map((parts) => `42${parts.join('')}`);
const odd = fc
  .tuple(fc.constantFrom(...namespaces), fc.constantFrom(...ids), json)
  .map((parts) => `42${parts.join('')}`);
const other = fc.oneof(
  fc.constantFrom(
    '3',
    '3',
    '3',
    '3probe',
    '40/chat,',
    '40/plain,',
    '41/chat,',
    '41',
    '43/chat,0["yes"]',
    '430[1]',
    '40',
  ),
  fc.constantFrom(
    '4',
    '',
    '42',
    '421',
    '42/chat,',
    '49',
    '4',
    '44/chat,{}',
    '45',
    '2',
    '5',
    '6',
    '1',
    '7',
    'b4',
    '451-["echo"]',
  ),
  fc.tuple(fc.constantFrom('2 ', '02', '4 2', '422', '4２'), json).map((parts) => parts.join('')),
);

/** What a client sends, in the pieces that a chunk may end between. */
type Pieces = readonly Buffer[];

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
const whole = (text: string, key: Uint8Array): Buffer => clientFrame({ payload: Buffer.from(text), mask: key });
const inOne = (packet: fc.Arbitrary<string>) => fc.tuple(packet, mask).map(([text, key]): Pieces => [whole(text, key)]);
const fragmented = fc.tuple(event, mask, fc.nat()).map(([text, key, where]): Pieces => {
  const payload = Buffer.from(text);
  const at = where % payload.length;
  return [
    clientFrame({ first: 0x01, payload: payload.subarray(0, at), mask: key }),
    clientFrame({ first: 0x80, payload: payload.subarray(at), mask: key }),
  ];
});
const attached = fc
  .tuple(fc.constantFrom('', '/chat,'), fc.constantFrom('', '9'), fc.boolean(), event)
  .map(([namespace, id, isBroken, between]): Pieces => [
    clientFrame({ payload: Buffer.from(`451-${namespace}${id}["echo",{"_placeholder":true,"num":0}]`) }),
    ...(isBroken ? [clientFrame({ payload: Buffer.from(between) })] : []),
    clientFrame({ first: 0x82, payload: Buffer.from([1, 2, 3]) }),
  ]);
const control = fc
  .constantFrom(0x89, 0x88, 0x8a)
  .map((first): Pieces => [
    clientFrame({ first, payload: first === 0x88 ? Buffer.from([0x03, 0xe8]) : Buffer.from('ping') }),
  ]);
const noText = fc.constant<Pieces>([clientFrame({ payload: Buffer.from([0x34, 0x32, 0xff, 0xfe]) })]);

const frames = fc
  .array(
    fc.oneof(
      { arbitrary: inOne(event), weight: 40 },
      { arbitrary: inOne(odd), weight: 3 },
      { arbitrary: inOne(other), weight: 3 },
      { arbitrary: fragmented, weight: 2 },
      { arbitrary: attached, weight: 2 },
      { arbitrary: control, weight: 1 },
      { arbitrary: noText, weight: 0 },
    ),
    { minLength: 1, maxLength: 18 },
  )
  .map((pieces) => pieces.flat());

/** Frames in one chunk, each in its own, or cut where it falls. */
const chunks = fc
  .tuple(frames, fc.oneof(fc.constant(0), fc.constant(-1), fc.integer({ min: 1, max: 200 })))
  .map(([pieces, size]) => {
    const bytes = Buffer.concat(pieces);
    if (size === 0) return [bytes];
    if (size < 0) return pieces;
    return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.subarray(at * size, (at + 1) * size),
    );
  });

const step = fc.oneof(
  {
    arbitrary: fc.tuple(chunks, fc.boolean()).map(([all, rests]): Step[] => all.map((chunk) => ({ chunk, rests }))),
    weight: 3,
  },
  {
    arbitrary: fc.tuple(fc.constantFrom(...actions), fc.boolean()).map(([act, rests]): Step[] => [{ act, rests }]),
    weight: 1,
  },
);

export const conversation: fc.Arbitrary<Step[]> = fc
  .array(step, { minLength: 1, maxLength: 8 })
  .map((steps) => steps.flat());

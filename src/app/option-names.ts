/** The names of all options, and the kinds of Socket.IO's own: the compiler holds both lists against the types. */
import type { ServerOptions } from 'socket.io';
import { isBoolean, isFunction, isList, isRecord, isText } from '../base/boot/kinds.js';
import { LONGEST_TIME } from '../base/limits.js';
import type { AppOptions } from './options.js';

/** The options that `createApp` reads itself; all others are Socket.IO's. */
type OwnOption = Exclude<keyof AppOptions, Exclude<keyof ServerOptions, 'adapter'>>;

export const ownOptions: Readonly<Record<OwnOption, true>> = {
  adapter: true,
  checks: true,
  container: true,
  controllers: true,
  cwd: true,
  debug: true,
  docs: true,
  emits: true,
  engine: true,
  fastLane: true,
  hosts: true,
  http: true,
  importer: true,
  io: true,
  lease: true,
  limits: true,
  logger: true,
  metrics: true,
  name: true,
  onError: true,
  payload: true,
  printTable: true,
  recorder: true,
  services: true,
  session: true,
  signals: true,
  static: true,
  trustProxy: true,
  unvalidated: true,
  use: true,
  watchdog: true,
};

type ForeignOption = keyof Omit<ServerOptions, 'adapter'>;

/** Whether a value is of a kind, what is expected, and what to write. */
export type OptionKind = readonly [is: (value: unknown) => boolean, expected: string, fix: string];

const TRANSPORTS: readonly unknown[] = ['polling', 'websocket', 'webtransport'];

/** A timer takes no longer time. */
const isTime = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= LONGEST_TIME;
const EXPECTED_TIME = `milliseconds from 0 to ${LONGEST_TIME}`;
const isSettings = (value: unknown): boolean => isBoolean(value) || isRecord(value);

const ANYTHING: OptionKind = [() => true, '', ''];
const time = (name: string, usual: string): OptionKind => [isTime, EXPECTED_TIME, `write ${name}: ${usual}.`];
const flag = (name: string): OptionKind => [isBoolean, 'true or false', `write ${name}: true, or leave it out.`];
const settings = (name: string): OptionKind => [
  isSettings,
  'true, false or an object',
  `write ${name}: true, or ${name}: { … }.`,
];

/** Everything that Socket.IO and Engine.IO take. They take it of any kind: a wrong one shows when the first clients come, or never. */
export const foreignOptions: Readonly<Record<ForeignOption, OptionKind>> = {
  path: [isText, 'a path', "write path: '/socket.io'."],
  serveClient: flag('serveClient'),
  parser: ANYTHING,
  connectTimeout: time('connectTimeout', '45_000'),
  connectionStateRecovery: [isRecord, 'an object', 'write connectionStateRecovery: {}.'],
  cleanupEmptyChildNamespaces: flag('cleanupEmptyChildNamespaces'),
  pingTimeout: time('pingTimeout', '20_000'),
  pingInterval: time('pingInterval', '25_000'),
  upgradeTimeout: time('upgradeTimeout', '10_000'),
  maxHttpBufferSize: [
    (value) => typeof value === 'number' && value >= 0,
    'bytes, 0 or more',
    'write limits: { payload: 1e6 }.',
  ],
  allowRequest: [isFunction, 'a function', 'write allowRequest: (request, decide) => decide(null, true).'],
  transports: [
    (value) => isList(value) && value.length > 0 && value.every((each) => TRANSPORTS.includes(each)),
    "a list of 'polling', 'websocket' and 'webtransport'",
    "write transports: ['websocket'].",
  ],
  allowUpgrades: flag('allowUpgrades'),
  perMessageDeflate: settings('perMessageDeflate'),
  httpCompression: settings('httpCompression'),
  wsEngine: ANYTHING,
  initialPacket: ANYTHING,
  cookie: settings('cookie'),
  cors: [
    (value) => isRecord(value) || isFunction(value),
    'an object or a function',
    "write cors: { origin: ['https://example.com'] }.",
  ],
  allowEIO3: flag('allowEIO3'),
  addTrailingSlash: flag('addTrailingSlash'),
  destroyUpgrade: flag('destroyUpgrade'),
  destroyUpgradeTimeout: time('destroyUpgradeTimeout', '1_000'),
};

/** The names of all options: the compiler holds both lists against the types. */
import type { ServerOptions } from 'socket.io';
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

/** Everything that Socket.IO and Engine.IO take. */
export const foreignOptions: Readonly<Record<ForeignOption, true>> = {
  path: true,
  serveClient: true,
  parser: true,
  connectTimeout: true,
  connectionStateRecovery: true,
  cleanupEmptyChildNamespaces: true,
  pingTimeout: true,
  pingInterval: true,
  upgradeTimeout: true,
  maxHttpBufferSize: true,
  allowRequest: true,
  transports: true,
  allowUpgrades: true,
  perMessageDeflate: true,
  httpCompression: true,
  wsEngine: true,
  initialPacket: true,
  cookie: true,
  cors: true,
  allowEIO3: true,
  addTrailingSlash: true,
  destroyUpgrade: true,
  destroyUpgradeTimeout: true,
};

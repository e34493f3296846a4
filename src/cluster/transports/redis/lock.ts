/** A lock in Redis: a key that expires, and a number that rises with each holder. */
import type { Lock } from '../transport.js';
import type { RedisClient } from './redis-client.js';
import { RedisServers } from './servers.js';

const TAKE = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return '' end
local time = redis.call('TIME')
local fence = math.max(tonumber(redis.call('GET', KEYS[2]) or '0') + 1, time[1] * 1000000 + time[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], string.format('%.0f', fence), 'EX', 604800)
return string.format('%.0f', fence)`;
const RENEW = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

/** The errors of a server that accepts no keys from this user, or none at the moment. */
const NO_KEYS = /NOPERM|unknown command|OOM|READONLY|Write commands not allowed/i;

let warned = false;

/** Takes the lock `name` for that time (ms); null when another owner has it. */
export async function takeLock(
  client: RedisClient,
  { prefix, owner, name, time }: { prefix: string; owner: string; name: string; time: number },
): Promise<Lock | null> {
  const lease = RedisServers.nameOf(client, prefix, `:lease:${name}`);
  const fence = RedisServers.nameOf(client, prefix, `:fence:${name}`);
  const run = (script: string): Promise<unknown> =>
    client.command('EVAL', script, '2', lease, fence, owner, String(Math.ceil(time)));
  try {
    const number = Number(await run(TAKE));
    if (number === 0) return null;
    return {
      fence: number,
      time,
      renew: async () => Number(await run(RENEW)) === 1,
      release: () => void run(RELEASE).catch(() => {}),
    };
  } catch (error) {
    if (!NO_KEYS.test(String(error))) throw error;
    return withoutKey(error);
  }
}

/** If no key can be set, the heartbeats alone decide. */
function withoutKey(error: unknown): Lock {
  if (!warned) process.emitWarning(`a lease has no lock in Redis, only heartbeats: ${String(error)}`, 'AdapterWarning');
  warned = true;
  return { fence: Date.now() * 1000, time: Infinity, renew: () => Promise.resolve(true), release: () => {} };
}

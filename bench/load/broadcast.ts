import type { Client } from './client.js';
import type { Answered, Broadcast } from './commands.js';
import { event } from './packets.js';
import { settle, timed } from './watch.js';

/** Asks the server for bursts of broadcasts, the next one when every client has received the last, for `ms`. */
export function broadcast(clients: Client[], { burst, ms }: Broadcast): Promise<Answered> {
  const trigger = event({ event: 'broadcast', payload: burst }, 1);
  const perBurst = clients.length * burst;
  return timed(() =>
    settle((resolve, _reject, alive) => {
      const end = performance.now() + ms;
      let bursts = 0;
      let due = 0;
      const next = (): void => {
        due = perBurst + 1;
        bursts++;
        clients[0]!.write(trigger);
      };
      for (const client of clients) {
        client.onPacket = () => void due--;
        client.onChunk = () => {
          alive();
          if (due > 0) return;
          if (performance.now() < end) next();
          else resolve(bursts * perBurst);
        };
      }
      next();
    }, clients),
  );
}

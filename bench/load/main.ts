/** The load generator: a process of its own, so that its work is never counted as the server's. */
import { ask } from './ask.js';
import { broadcast } from './broadcast.js';
import type { Command, Lost, Reply } from './commands.js';
import { Client } from './client.js';
import { closedLoop, fixedRate } from './exchanges.js';

/** Clients connecting at the same time: enough to keep the server busy, too few to fill its accept queue. */
const CONNECTING = 20;

const groups = new Map<number, Client[]>();

async function connect(group: number, port: number, count: number, namespaces: number): Promise<void> {
  const clients = groups.get(group) ?? [];
  groups.set(group, clients);
  let left = count;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const client = await Client.connect(port, namespaces);
      client.onClose = (reason) => process.send!({ group, lost: reason } satisfies Lost);
      client.onPacket = () => {};
      clients.push(client);
    }
  };
  await Promise.all(Array.from({ length: CONNECTING }, worker));
}

function close(group: number, keep: number): void {
  const clients = groups.get(group) ?? [];
  for (const client of clients.splice(keep)) client.close();
}

async function execute(command: Command): Promise<unknown> {
  const clients = groups.get(command.group) ?? [];
  switch (command.do) {
    case 'connect':
      return connect(command.group, command.port, command.count, command.namespaces);
    case 'close':
      return close(command.group, command.keep);
    case 'ask':
      return ask(clients, command.event, command.payload);
    case 'closedLoop':
      return closedLoop(clients, command);
    case 'fixedRate':
      return fixedRate(clients, command);
    case 'broadcast':
      return broadcast(clients, command);
  }
}

process.on('message', (command: Command) => {
  const reply = (answer: Reply): void => void process.send!(answer);
  execute(command).then(
    (result) => reply({ id: command.id, result }),
    (error: unknown) => reply({ id: command.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));

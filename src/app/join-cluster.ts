/** Joins an application to the cluster that its `adapter` option names; without the option no adapter is loaded. */
import type { Server, ServerOptions } from 'socket.io';
import type { AdapterLink, AdapterOption } from '../cluster/index.js';
import type { Lease } from '../background/lease.js';
import { heldLease } from '../base/held-lease.js';
import { SetupError } from '../base/errors.js';

export interface ClusterOptions {
  readonly adapter?: AdapterOption;
  readonly connectionStateRecovery?: ServerOptions['connectionStateRecovery'];
}

/**
 * Returns the link once messages of other nodes arrive here, or `undefined` if the application is alone.
 * @throws SetupError for an option that is wrong in itself
 * @throws AdapterError if the broker cannot be reached within the time that the option names
 */
export async function joinCluster(options: ClusterOptions, io: Server): Promise<AdapterLink | undefined> {
  if (options.adapter === undefined) return undefined;
  const link = await open(options.adapter);
  if (options.connectionStateRecovery && !link.recovers) {
    await link.close();
    throw problem(
      `the engine '${link.engine}' keeps nothing for clients that come back, so connectionStateRecovery cannot work.`,
      "give one that can, adapter: 'redis+streams://…', or leave connectionStateRecovery out.",
    );
  }
  try {
    io.adapter(link.factory);
    await link.ready();
  } catch (error) {
    await link.close();
    throw error;
  }
  return link;
}

/** The cluster's leases, for background work that runs once in it; a foreign adapter has none. */
export function leaseOf(link: AdapterLink | undefined): Lease | undefined {
  if (!link || link.engine === 'custom') return undefined;
  return {
    hold(name, acquired) {
      const lease = link.lease(name, {
        onAcquired: (lost, fence) =>
          acquired(
            lost,
            heldLease(fence, () => lease.held),
          ),
      });
      return () => lease.release();
    },
  };
}

async function open(option: AdapterOption): Promise<AdapterLink> {
  const { openAdapter } = await import('../cluster/index.js');
  try {
    return openAdapter(option);
  } catch (cause) {
    throw problem(cause instanceof Error ? cause.message : String(cause), 'correct the option `adapter`.', cause);
  }
}

function problem(what: string, fix: string, cause?: unknown): SetupError {
  return new SetupError([{ code: 'adapter', where: 'adapter', what, fix, cause }]);
}

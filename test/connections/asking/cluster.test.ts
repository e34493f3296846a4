import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ClusterAdapter, type ClusterMessage, type ClusterResponse } from 'socket.io-adapter';
import { callAll, Namespace } from '../../../src/index.js';
import { startInMemory } from '../../support/kit.js';

@Namespace('/')
class Empty {}

/** A cluster whose nodes are in this process. */
function localCluster(): typeof ClusterAdapter {
  const nodes: Node[] = [];
  class Node extends ClusterAdapter {
    override init(): void {
      nodes.push(this);
    }
    override async serverCount(): Promise<number> {
      return nodes.length;
    }
    protected override async doPublish(message: ClusterMessage): Promise<string> {
      for (const node of nodes) if (node !== this) node.onMessage(structuredClone(message), '1');
      return '1';
    }
    protected override async doPublishResponse(requester: string, response: ClusterResponse): Promise<void> {
      nodes.find(({ uid }) => uid === requester)!.onResponse(structuredClone(response));
    }
  }
  return Node as never;
}

describe('callAll in a cluster', () => {
  it('gathers the answers of all nodes; those of others come without an id', async (t) => {
    const adapter = localCluster() as never;
    const [a, b] = [await startInMemory(t, [Empty], { adapter }), await startInMemory(t, [Empty], { adapter })];
    const [here, there] = [await a.connect(), await b.connect()];
    here.on('where?', (answer: (value: string) => void) => answer('here'));
    there.on('where?', (answer: (value: string) => void) => answer('there'));
    const all = await callAll<string>(a.app.io, 'where?');
    assert.deepEqual(
      all.answers.toSorted((x, y) => x.value.localeCompare(y.value)),
      [
        { id: here.id, value: 'here' },
        { id: undefined, value: 'there' },
      ],
    );
    assert.equal(all.complete, true);
    there.off('where?');
    const partial = await callAll<string>(a.app.io.timeout(100), 'where?');
    assert.deepEqual([partial.answers.length, partial.missing, partial.complete], [1, [], false]);
  });
});

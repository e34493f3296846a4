/** Messages of other nodes to the official adapter. */
import { type ClusterMessage, MessageType } from 'socket.io-adapter';
import { type CarriedMessage, followObserved, isObserved } from '../bus/link/observed-bus.js';
import { followQuestion } from '../bus/cluster-message.js';
import type { StreamsClient } from './client.js';
import { methodsOf, type OfficialAdapter } from './official.js';
import { isSender } from './cursor.js';
import type { Broadcast } from './recovery/sent.js';
import type { Entry } from './entries.js';
import type { Sessions } from './recovery/sessions.js';

/** Hands messages of other nodes to the official adapter, and catches the errors that it throws where user code cannot. */
export function receiving(
  adapter: OfficialAdapter,
  client: StreamsClient,
  sessions: Sessions | undefined,
  failed: (error: unknown) => void,
): Partial<OfficialAdapter> {
  const official = methodsOf(adapter, 'onMessage', 'onRawMessage', 'onResponse', 'doPublishResponse');
  let entry: Entry | undefined;
  const follow = (message: ClusterMessage, offset?: string): void => {
    if (!isObserved(message)) return official.onMessage(message, offset);
    const carried = message as ClusterMessage & Required<CarriedMessage>;
    followObserved(client.place, message.uid, carried, () => official.onMessage(message, offset));
  };
  const receive = (message: ClusterMessage, offset?: string): void => {
    try {
      follow(message, offset);
    } catch (error) {
      // The official adapter says nothing of it. Only a listener of the application's can be meant to know.
      if (message?.type === MessageType.SERVER_SIDE_EMIT) failed(error);
      else return;
    }
    client.accept(message);
    followQuestion(adapter, message);
    const isBroadcast = message.type === MessageType.BROADCAST && message.data.requestId === undefined;
    if (entry && isBroadcast) sessions?.received(message.data as Broadcast, entry);
  };
  return {
    onRawMessage(message, id = ''): void {
      entry = { id, message };
      client.cursor.reach(id);
      const offset = client.positionOf(adapter.uid);
      client.watch(() => official.onRawMessage(message, offset));
      entry = undefined;
    },
    onMessage(message, offset): void {
      if (message?.uid === adapter.uid) return client.accept();
      const { sender } = Object(message) as { sender?: unknown };
      if (!isSender(sender)) return receive(message, offset);
      client.accept();
      client.cursor.after(sender, () => receive(message));
    },
    onResponse(response): void {
      const { requestId, error } = response.data;
      if (typeof error === 'string') refuse(adapter, requestId, new Error(error));
      else official.onResponse(response);
    },
    async doPublishResponse(uid, response): Promise<void> {
      try {
        await official.doPublishResponse(uid, response);
      } catch (error) {
        const { requestId } = response.data;
        const data = { requestId, error: `${String(error)} (on node ${adapter.uid})` };
        await official.doPublishResponse(uid, { ...response, data });
      }
    },
  };
}

/** Ends a question that a node has said it cannot answer. */
function refuse({ requests }: OfficialAdapter, id: string, error: Error): void {
  const question = requests.get(id);
  if (!question) return;
  requests.delete(id);
  clearTimeout(question.timeout);
  if (question.type === MessageType.FETCH_SOCKETS) question.resolve(Promise.reject(error));
  else question.resolve(error, question.responses);
}

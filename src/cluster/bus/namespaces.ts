/** The namespaces of a node: each message of another node goes to its own, or answers a question. */
import type { ClusterMessage } from 'socket.io-adapter';
import type { Answer, NamespaceMessage, NamespaceReceiver } from './hub-types.js';
import type { Requests } from './requests.js';

export class Namespaces {
  readonly #receivers = new Map<string, NamespaceReceiver>();

  constructor(
    private readonly requests: Requests,
    private readonly answer: (uid: string, answer: Answer) => void,
  ) {}

  attach(nsp: string, receiver: NamespaceReceiver): void {
    this.#receivers.set(nsp, receiver);
  }

  /** @returns false if another receiver has taken its place */
  detach(nsp: string, receiver: NamespaceReceiver): boolean {
    return this.#receivers.get(nsp) === receiver && this.#receivers.delete(nsp);
  }

  receive(uid: string, message: NamespaceMessage): void {
    if ('answer' in message) this.requests.answer(uid, message.answer, message.data);
    else this.#pass({ ...message, uid } as ClusterMessage);
  }

  #pass(message: ClusterMessage): void {
    const receiver = this.#receivers.get(message.nsp);
    if (receiver) return receiver.receive(message);
    const id = 'data' in message && 'requestId' in message.data ? message.data.requestId : undefined;
    if (id !== undefined) this.answer(message.uid, { nsp: message.nsp, answer: id, data: { absent: true } });
  }
}

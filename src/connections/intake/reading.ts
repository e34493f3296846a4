/** Stops reading from a transport: TCP holds a WebSocket's client back, the answer to a POST holds back one on long-polling. */
import type { IncomingMessage, ServerResponse } from 'node:http';

/** The parts of an Engine.IO transport that stopping needs. */
export interface ReadTransport {
  readonly name: string;
  /** Of a WebSocket; an engine without `pause` is read on. */
  readonly socket?: { pause?(): void; resume?(): void };
  /** Long-polling: the response to the POST that is being read. */
  readonly dataRes?: ServerResponse | null;
  onDataRequest?(request: IncomingMessage, response: ServerResponse): void;
  onError?(message: string): void;
}

/** Stops reading; returns the function that reads on. */
export function stopReading(transport: ReadTransport): () => void {
  return transport.name === 'polling' ? stopPolling(transport) : pauseSocket(transport);
}

function pauseSocket({ socket }: ReadTransport): () => void {
  if (typeof socket?.pause !== 'function') return () => {};
  socket.pause();
  return () => socket.resume?.();
}

/** Keeps the answer to the POST that is being read, and the next POST. Stock clients send one after the other. */
function stopPolling(transport: ReadTransport): () => void {
  const waiting: (() => void)[] = [];
  let isStopped = true;
  const response = transport.dataRes;
  if (response) {
    const end = response.end.bind(response) as (...values: unknown[]) => ServerResponse;
    response.end = ((...values: unknown[]) => {
      if (!isStopped) return end(...values);
      waiting.push(() => end(...values));
      return response;
    }) as never;
  }
  let next: ServerResponse | undefined;
  transport.onDataRequest = (request, later) => {
    if (next) {
      later.writeHead(400).end();
      transport.onError?.('data request overlap from client');
      return;
    }
    next = later;
    waiting.push(() => transport.onDataRequest!(request, later));
  };
  return () => {
    isStopped = false;
    delete transport.onDataRequest;
    for (const step of waiting) step();
  };
}

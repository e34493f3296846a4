/** The sizes of packets for those who subscribe to `colloquy:call`: Socket.IO hands on only what is in a packet. */

/** Where the size stands. A `WeakMap` with an entry for each message takes longer than everything else that is done for one. */
const size = Symbol('bytes');

/** Notes how many bytes the packet with these contents had. */
export function noteBytes(contents: unknown, bytes: number): void {
  if (Array.isArray(contents)) (contents as { [size]?: number })[size] = bytes;
}

/** Returns the bytes of the packet with these contents, if they were noted. */
export function bytesOf(contents: object): number | undefined {
  return (contents as { [size]?: number })[size];
}

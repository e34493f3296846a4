/** The sizes of packets for those who subscribe to `colloquy:call`: Socket.IO hands on only what is in a packet. */
const sizes = new WeakMap<object, number>();

/** Notes how many bytes the packet with these contents had. */
export function noteBytes(contents: unknown, bytes: number): void {
  if (typeof contents === 'object' && contents !== null) sizes.set(contents, bytes);
}

/** Returns the bytes of the packet with these contents, if they were noted. */
export function bytesOf(contents: object): number | undefined {
  return sizes.get(contents);
}

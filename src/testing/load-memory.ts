/** The in-memory network, loaded when it is needed: it needs Socket.IO's client, which not every project has. */
type Memory = typeof import('./memory/index.js');

/** @throws Error that names the command that installs Socket.IO's client, if it is missing */
export async function loadMemory(): Promise<Memory> {
  try {
    return await import('./memory/index.js');
  } catch (cause) {
    throw explained(cause);
  }
}

/** Node.js and jest say it in different words, with one of these codes. */
function explained(cause: unknown): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isMissing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  if (!isMissing || !/'socket\.io-client'/.test(message)) return cause;
  return new Error('colloquy/testing needs the client of Socket.IO: npm install --save-dev socket.io-client', {
    cause,
  });
}

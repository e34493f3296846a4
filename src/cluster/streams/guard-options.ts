/** The options of the guard of one namespace. */
export interface GuardOptions {
  /** False for an emitter. */
  readonly listens: boolean;
  /** The namespace's channel. That of the node in it begins with its name. */
  readonly channel: string;
  /** Is called with errors that cannot be thrown to a caller. */
  readonly failed: (error: unknown) => void;
  /** The main namespace is closed, and the server with it. */
  readonly closed: () => Promise<void>;
}

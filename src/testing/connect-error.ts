/**
 * A connection that did not come about: what Socket.IO's client emits as `connect_error`. Where the application refused
 * it, `data` is what it said, with the `code`.
 */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  /** `refused`, `invalid`, a code of the application's own; `undefined` where it was not the application that refused. */
  readonly code: string | undefined;

  /** @param data what the refusal says beside its message */
  constructor(
    message: string,
    readonly data: Readonly<Record<string, unknown>> | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = typeof data?.['code'] === 'string' ? data['code'] : undefined;
  }
}

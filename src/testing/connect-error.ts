/**
 * A failed connection: the error that Socket.IO's client emits as `connect_error`. If the application refused
 * it, `data` is its answer, with the `code`.
 */
export class ConnectError extends Error {
  override readonly name = 'ConnectError';
  /** `refused`, `invalid`, a code of the application's own; `undefined` if the application did not refuse it. */
  readonly code: string | undefined;

  /** @param data the refusal's data beside its message */
  constructor(
    message: string,
    readonly data: Readonly<Record<string, unknown>> | undefined,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = typeof data?.['code'] === 'string' ? data['code'] : undefined;
  }
}

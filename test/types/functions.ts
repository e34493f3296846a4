/** What functions given to `app.on` are called with; it is compiled, never run. */
import { IsString } from 'class-validator';
import type { App, HandlerFunction, Middleware } from '../../src/index.js';
import type { TestApp } from '../../src/testing/index.js';

class Said {
  @IsString() text!: string;
}

const pass: Middleware = (_context, next) => next();

/** Whether two types are the same; `any` is none but itself. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

function same<A, B>(_same: Same<A, B>): void {}

/** Without `payload`, an argument is as it came: `unknown`, unless its type is written. */
export function plain(app: App, test: TestApp): void {
  app.on('/', 'say', (context, data, more) => {
    same<typeof context.event, string>(true);
    same<typeof data, unknown>(true);
    same<typeof more, unknown>(true);
    // @ts-expect-error nobody has looked at it
    return data.text;
  });
  app.on('/', 'say', (_context, ...all) => same<typeof all, unknown[]>(true), { timeout: 5, use: [pass] });
  app.on('/', 'say', (_context, { text }: Said, more?: number) => [text.length, more]);
  app.on('/', 'say', (_context, ...texts: string[]) => texts.length);
  app.on('/', 'say', () => 1).on('/', 'other', (context) => context.event);
  test.on('/', 'say', (_context, data) => same<typeof data, unknown>(true));
  const handler: HandlerFunction = (_context, text: string) => text.length;
  app.on('/', 'say', handler);
}

/** With `payload`, the arguments are what its classes say. */
export function payload(app: App, classes: readonly (typeof Said)[]): void {
  app.on('/', 'say', (_context, said, times) => said.text.repeat(times), { payload: [Said, Number] });
  app.on('/', 'say', (_context, said) => said.text, { payload: [Said], use: [(_, next) => next()] });
  app.on('/', 'say', (_context, { text }: Said) => text, { payload: [Said] });
  app.on(
    '/',
    'say',
    (_context, all, one, maybe) => {
      same<typeof all, readonly Said[]>(true);
      same<typeof one, Said>(true);
      same<typeof maybe, Said | undefined>(true);
    },
    { payload: [{ each: Said }, { type: Said }, { type: Said, optional: true }] },
  );
  app.on('/', 'say', (_context, data) => same<typeof data, unknown>(true), { payload: classes });
  // @ts-expect-error there is no such property
  app.on('/', 'say', (_context, said) => said.txet, { payload: [Said] });
  // @ts-expect-error nothing is declared of it
  app.on('/', 'say', (_context, _said, more) => more.text, { payload: [Said] });
}

/** Spans that are not recorded: such a span is active, so that those below it are not recorded either, and nothing else is made. */
import { randomBytes } from 'node:crypto';
import type { CallObserver, EventContext } from '../../../base/context.js';
import type { Surroundings } from '../../../connections/observing/runs.js';
import { activeContext, api, ROOT_CONTEXT, runWith, trace, type Context, type Span } from '../api.js';
import { droppedTraceId, isLeftOut, sharesTraces } from './share.js';

/** Returns the context of what is left out; `undefined` if the SDK decides. */
export function leftOut(parent: Context): Unrecorded | undefined {
  return isLeftOut(parent) ? new Unrecorded(parent) : undefined;
}

/** Follows all calls that are left out and not inside of a run, which is such a context already: in one of their own. */
export const leftOutCall: CallObserver = {
  run: (work, context) => runWith(new Unrecorded(ROOT_CONTEXT), work, context),
  end() {},
};

/** The context of something that is not recorded, and its run. Its span is made, with ids, for those who look at it. */
export class Unrecorded implements Context, CallObserver {
  #made: Context | undefined;

  constructor(
    private readonly parent: Context,
    private readonly span?: Span,
  ) {}

  getValue(key: symbol): unknown {
    return this.#context.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#context.setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#context.deleteValue(key);
  }

  run<Result>(work: (context: EventContext) => Result, context: EventContext): Result {
    return runWith(this, work, context);
  }

  end(): void {}

  get #context(): Context {
    return (this.#made ??= trace.setSpan(this.parent, this.span ?? unrecordedSpan()));
  }
}

/** The context of the events that came together, for those of them that are left out. */
class Run extends Unrecorded {
  /** @param around what is active where they are read */
  constructor(readonly around: Context) {
    super(ROOT_CONTEXT);
  }
}

/** Enters a context once for a run of events: entering it costs more than all else that is done for a call that is left out. */
export const oncePerRun: Surroundings = {
  inside(work) {
    return sharesTraces() ? runWith(new Run(outsideOfRuns()), work, true) : work(false);
  },
  outside(work) {
    runWith(outsideOfRuns(), work, undefined);
  },
};

/** The active context, or what was active before a run. A run that kept another one would keep all before it. */
function outsideOfRuns(): Context {
  const active = activeContext();
  return active instanceof Run ? active.around : active;
}

function unrecordedSpan(): Span {
  return trace.wrapSpanContext({
    traceId: droppedTraceId() ?? randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: api.TraceFlags.NONE,
  });
}

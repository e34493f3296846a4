/**
 * The SDK's sampler for a ratio of all traces looks at nothing but the trace's id. For each call that it drops, the SDK makes two ids and
 * copies attributes and links, which takes as long as the call itself. So the ratio is drawn before, and a trace that is drawn gets
 * an id that the sampler keeps: it decides as it would have, for that trace and for all spans below it, here and elsewhere.
 */
import { api, ROOT_CONTEXT, SpanKind, type Context, type Span, type SpanOptions, type Tracer } from '../api.js';

/** The parts of the SDK's samplers that are used; the text of one is the description that the specification asks of it. */
interface Sampler {
  /** Decides of traces without a parent, in a sampler that heeds parents. */
  readonly _root?: Sampler;
  shouldSample(
    context: Context,
    traceId: string,
    name: string,
    kind: number,
    attributes: object,
    links: unknown[],
  ): { readonly decision: number };
  toString(): string;
}

interface IdGenerator {
  generateTraceId(): string;
  generateSpanId(): string;
}

/** The parts of the SDK's tracer, 1 and 2, that are used beyond its typed surface. */
interface SdkTracer extends Tracer {
  readonly _sampler?: Sampler;
  readonly _idGenerator?: IdGenerator;
}

/** A tracer that was asked for before there was an SDK hands over to the SDK's. */
interface ProxyTracer extends Tracer {
  readonly _delegate?: Tracer;
}

/** Each of the four words of a trace's id has so many values; the sampler compares what `^` makes of them with its bound. */
const VALUES = 2 ** 32;

export class Ratio {
  readonly #bound: number;
  readonly #tracer: Tracer;

  private constructor(
    /** Between 0 and 1: how many of the traces are kept. */
    readonly part: number,
    tracer: SdkTracer,
    ids: IdGenerator,
  ) {
    this.#bound = Math.floor(part * (VALUES - 1));
    const generator: IdGenerator = {
      generateTraceId: () => this.keptId(),
      generateSpanId: () => ids.generateSpanId(),
    };
    this.#tracer = Object.create(tracer, { _idGenerator: { value: generator } }) as Tracer;
  }

  /** The ratio that a tracer's sampler keeps; `undefined` if it is another one, or the ids are not the SDK's own. */
  static of(tracer: Tracer): Ratio | undefined {
    const { _sampler: sampler, _idGenerator: ids } = tracer as SdkTracer;
    const part = ratioIn(sampler);
    if (!sampler || part === undefined || !ids || nameOf(ids) !== 'RandomIdGenerator') return undefined;
    const ratio = new Ratio(part, tracer, ids);
    const decide = (id: string): number =>
      sampler.shouldSample(ROOT_CONTEXT, id, 'colloquy', SpanKind.SERVER, {}, []).decision;
    const { NOT_RECORD, RECORD_AND_SAMPLED } = api.SamplingDecision;
    const isAsKnown = decide(ratio.keptId()) === RECORD_AND_SAMPLED && decide(ratio.droppedId()) === NOT_RECORD;
    return isAsKnown ? ratio : undefined;
  }

  /** Begins a trace that was drawn. */
  startSpan(name: string, options: SpanOptions): Span {
    return this.#tracer.startSpan(name, options, ROOT_CONTEXT);
  }

  /** An id of a trace that the sampler keeps. */
  keptId(): string {
    return idOf(Math.floor(Math.random() * this.#bound));
  }

  /** An id of a trace that it drops. */
  droppedId(): string {
    return idOf(this.#bound + Math.floor(Math.random() * (VALUES - this.#bound)));
  }
}

let known: Tracer | undefined;
let ratio: Ratio | undefined;

/** The ratio that a tracer's sampler keeps, looked for once for each tracer. */
export function ratioOf(tracer: Tracer): Ratio | undefined {
  const inForce = (tracer as ProxyTracer)._delegate ?? tracer;
  if (inForce !== known) {
    known = inForce;
    ratio = undefined; // should the sampler throw
    ratio = Ratio.of(inForce);
  }
  return ratio;
}

/** The ratio of a sampler of the SDK's own; one of the user's own may look at more than ids, also if it describes itself alike. */
function ratioIn(sampler: Sampler | undefined): number | undefined {
  const root = sampler && nameOf(sampler) === 'ParentBasedSampler' ? sampler._root : sampler;
  if (!root || nameOf(root) !== 'TraceIdRatioBasedSampler' || Object.hasOwn(root, 'shouldSample')) return undefined;
  const part = Number(/^TraceIdRatioBased\{([^}]*)\}$/.exec(root.toString())?.[1]);
  return part > 0 && part < 1 ? part : undefined;
}

function nameOf(instance: object): string | undefined {
  return (instance.constructor as { readonly name?: string } | undefined)?.name;
}

/** Makes a random id whose words are this value, put together by `^`. */
function idOf(value: number): string {
  const words = [randomWord(), randomWord(), randomWord()];
  words.push((value ^ words[0]! ^ words[1]! ^ words[2]!) >>> 0);
  return words.map((word) => word.toString(16).padStart(8, '0')).join('');
}

function randomWord(): number {
  return Math.floor(Math.random() * VALUES);
}

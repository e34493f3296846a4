/**
 * `colloquy/otel`: spans and metrics of an application through OpenTelemetry. Importing this switches it on; which spans are recorded,
 * and where they go, is the SDK's affair.
 */
import { enable } from './observe.js';

export { disable, enable } from './observe.js';
export { recordShare } from './sampling/share.js';

enable();

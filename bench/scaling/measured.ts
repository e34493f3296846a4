/** What whole.js printed on the machine of docs/scaling.md, in the same hour as measure.js the content of costs.ts. */
import type { Scenario } from './scenario.js';

/** The least, the median and the most of the runs. */
export type Spread = readonly [least: number, median: number, most: number];

export interface Measured {
  readonly scenario: Scenario;
  /** Shares of a core: the mean node, and the broker; over `local:` the broker is a node, and 0. */
  readonly node: Spread;
  readonly broker: Spread;
  /** Milliseconds until half, and 99 %, of the messages have reached all of their room. */
  readonly half: Spread;
  readonly most: Spread;
}

export const measured: readonly Measured[] = [
  {
    scenario: { engine: 'redis', nodes: 2, connections: 400, room: 20, messages: 100 },
    node: [0.0383, 0.0388, 0.0494],
    broker: [0.0062, 0.0065, 0.0077],
    half: [1.1523, 1.2854, 1.423],
    most: [5.0997, 5.1707, 21.2775],
  },
  {
    scenario: { engine: 'redis', nodes: 2, connections: 400, room: 20, messages: 400 },
    node: [0.1126, 0.1178, 0.1184],
    broker: [0.0164, 0.0166, 0.0167],
    half: [1.0887, 1.1055, 1.1294],
    most: [5.2494, 5.4064, 6.1909],
  },
  {
    scenario: { engine: 'redis', nodes: 4, connections: 400, room: 20, messages: 400 },
    node: [0.0774, 0.0827, 0.1],
    broker: [0.0217, 0.0222, 0.0248],
    half: [1.3542, 1.5793, 1.878],
    most: [6.0676, 6.4517, 9.722],
  },
  {
    scenario: { engine: 'redis', nodes: 6, connections: 400, room: 20, messages: 400 },
    node: [0.0622, 0.0678, 0.0765],
    broker: [0.0273, 0.0326, 0.0357],
    half: [1.5314, 1.6594, 1.697],
    most: [6.7742, 7.3169, 7.5738],
  },
  {
    scenario: { engine: 'redis', nodes: 2, connections: 400, room: 20, messages: 1200 },
    node: [0.202, 0.2036, 0.2342],
    broker: [0.03, 0.0302, 0.0316],
    half: [1.5293, 1.6126, 1.8359],
    most: [7.7244, 22.5119, 74.2678],
  },
  {
    scenario: { engine: 'local', nodes: 4, connections: 400, room: 20, messages: 400 },
    node: [0.0724, 0.0812, 0.0814],
    broker: [0, 0, 0],
    half: [1.0993, 1.1058, 1.1071],
    most: [5.9344, 6.4375, 7.0491],
  },
  {
    scenario: { engine: 'nats', nodes: 4, connections: 400, room: 20, messages: 400 },
    node: [0.0691, 0.0714, 0.0865],
    broker: [0.0439, 0.0496, 0.0558],
    half: [1.1849, 1.254, 1.5449],
    most: [5.0121, 5.9238, 44.3986],
  },
  {
    scenario: { engine: 'rabbitmq', nodes: 4, connections: 400, room: 20, messages: 400 },
    node: [0.0762, 0.0812, 0.0865],
    broker: [0.1019, 0.1116, 0.1274],
    half: [1.8111, 1.8467, 1.8762],
    most: [43.6162, 43.9305, 208.9675],
  },
  {
    scenario: { engine: 'postgres', nodes: 4, connections: 400, room: 20, messages: 400 },
    node: [0.077, 0.088, 0.1005],
    broker: [0.0616, 0.1043, 0.1101],
    half: [1.8478, 2.635, 37.7526],
    most: [8.4124, 12.1477, 1217.4096],
  },
];

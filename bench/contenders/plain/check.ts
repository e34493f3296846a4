interface Say {
  room: string;
  text: string;
  n: number;
}

interface Issue {
  path: string;
  rule: string;
  message: string;
}

interface Order {
  sku: string;
  customer: string;
  note: string;
  count: number;
  cents: number;
}

/** The contract's rules of `say` by hand: the message as it came when they hold, else what is wrong with it. */
export function check(message: unknown): Say | { issues: Issue[] } {
  const issues: Issue[] = [];
  const { room, text, n } = recordOf(message) as Partial<Say>;
  if (typeof room !== 'string' || room.length < 1 || room.length > 40)
    issues.push({ path: 'room', rule: 'isLength', message: 'room must be longer than or equal to 1 characters' });
  if (typeof text !== 'string' || text.length > 2000)
    issues.push({ path: 'text', rule: 'maxLength', message: 'text must be shorter than or equal to 2000 characters' });
  if (!Number.isInteger(n)) issues.push({ path: 'n', rule: 'isInt', message: 'n must be an integer number' });
  return issues.length > 0 ? { issues } : (message as Say);
}

/** The same for `order`. */
export function checkOrder(message: unknown): Order | { issues: Issue[] } {
  const issues: Issue[] = [];
  const { sku, customer, note, count, cents } = recordOf(message) as Partial<Order>;
  const length = (path: string, value: unknown, least: number, most: number): void => {
    if (typeof value !== 'string' || value.length < least || value.length > most)
      issues.push({ path, rule: 'isLength', message: `${path} must be of ${least} to ${most} characters` });
  };
  const integer = (path: string, value: unknown, least: number): void => {
    if (!Number.isInteger(value) || (value as number) < least)
      issues.push({ path, rule: 'min', message: `${path} must be an integer not less than ${least}` });
  };
  length('sku', sku, 1, 40);
  length('customer', customer, 2, 60);
  length('note', note, 1, 500);
  integer('count', count, 1);
  integer('cents', cents, 0);
  return issues.length > 0 ? { issues } : (message as Order);
}

/** Whether a client may come in: the contract's token. */
export function isWelcome(auth: unknown): boolean {
  const { token } = recordOf(auth);
  return typeof token === 'string' && token.length >= 8 && token.length <= 200;
}

function recordOf(value: unknown): Record<string, unknown> {
  return (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
}

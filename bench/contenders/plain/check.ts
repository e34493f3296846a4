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

/** The contract's rules by hand: the message as it came when they hold, else what is wrong with it. */
export function check(message: unknown): Say | { issues: Issue[] } {
  const issues: Issue[] = [];
  const { room, text, n } = (typeof message === 'object' && message !== null ? message : {}) as Partial<Say>;
  if (typeof room !== 'string' || room.length < 1 || room.length > 40)
    issues.push({ path: 'room', rule: 'isLength', message: 'room must be longer than or equal to 1 characters' });
  if (typeof text !== 'string' || text.length > 2000)
    issues.push({ path: 'text', rule: 'maxLength', message: 'text must be shorter than or equal to 2000 characters' });
  if (!Number.isInteger(n)) issues.push({ path: 'n', rule: 'isInt', message: 'n must be an integer number' });
  return issues.length > 0 ? { issues } : (message as Say);
}

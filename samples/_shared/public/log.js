/** A list of what came and went. */

const signs = { sent: '↑', received: '↓', notice: '·', error: '!' };
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/**
 * Writes into an ordered list, and keeps the last entries only.
 * @param {HTMLElement} list
 */
export function createLog(list, limit = 300) {
  const write = (kind, text, event) => {
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    list.append(makeEntry(kind, text, event));
    while (list.childElementCount > limit) list.firstElementChild.remove();
    if (atEnd) list.scrollTop = list.scrollHeight;
  };
  return {
    sent: (event, text) => write('sent', text, event),
    received: (event, text) => write('received', text, event),
    notice: (text) => write('notice', text),
    error: (text) => write('error', text),
    clear: () => list.replaceChildren(),
  };
}

function makeEntry(kind, text, event) {
  const entry = document.createElement('li');
  entry.dataset.kind = kind;
  const time = document.createElement('time');
  time.textContent = clock.format(new Date());
  const sign = document.createElement('span');
  sign.className = 'sign';
  sign.textContent = signs[kind];
  sign.ariaHidden = 'true';
  const body = document.createElement('span');
  body.className = 'text';
  if (event) body.append(Object.assign(document.createElement('b'), { textContent: event }), ' ');
  body.append(text);
  entry.append(time, sign, body);
  return entry;
}

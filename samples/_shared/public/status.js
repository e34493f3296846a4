/** The state of a connection, in words. */

/**
 * Keeps an element's text in step with a socket, and switches the fieldsets that need a connection (`data-online`) or
 * need that there is none (`data-offline`).
 * @param {import('socket.io-client').Socket} socket
 * @param {HTMLElement} element
 */
export function showStatus(socket, element) {
  const show = (state, text) => {
    element.dataset.state = state;
    element.textContent = text;
    for (const each of document.querySelectorAll('fieldset[data-online]')) each.disabled = state !== 'connected';
    for (const each of document.querySelectorAll('fieldset[data-offline]')) each.disabled = state === 'connected';
  };
  const connected = () => show('connected', `Connected over ${socket.io.engine.transport.name}`);
  show('waiting', socket.active ? 'Connecting …' : 'Not connected');
  socket.on('connect', () => {
    connected();
    socket.io.engine.once('upgrade', connected);
  });
  socket.on('disconnect', (reason) => show('disconnected', `Disconnected: ${reason}`));
  socket.on('connect_error', () => show('disconnected', 'Connection refused'));
}

/** The state of a connection, in words. */

/**
 * Keeps an element's text, and the fieldsets that need a connection, in step with a socket.
 * @param {import('socket.io-client').Socket} socket
 * @param {HTMLElement} element
 */
export function showStatus(socket, element) {
  const show = (state, text) => {
    element.dataset.state = state;
    element.textContent = text;
    for (const fieldset of document.querySelectorAll('fieldset[data-online]'))
      fieldset.disabled = state !== 'connected';
  };
  const connected = () => show('connected', `Connected over ${socket.io.engine.transport.name}`);
  show('connecting', 'Connecting …');
  socket.on('connect', () => {
    connected();
    socket.io.engine.once('upgrade', connected);
  });
  socket.on('disconnect', (reason) => show('disconnected', `Disconnected: ${reason}`));
  socket.on('connect_error', (error) => show('disconnected', error.message));
}

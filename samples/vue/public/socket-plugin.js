import { inject } from 'vue';
import { io } from 'socket.io-client';

const key = Symbol('socket');

/** `app.use(socketPlugin, { url, debug })` connects once, for all components. With `debug`, the console shows events. */
export const socketPlugin = {
  install(app, { url, debug = false, ...options }) {
    const socket = io(url, options);
    if (debug) {
      socket.onAny((event, ...args) => console.debug('received', event, ...args));
      socket.onAnyOutgoing((event, ...args) => console.debug('sent', event, ...args));
    }
    app.provide(key, socket);
    app.onUnmount(() => socket.disconnect());
  },
};

/** The application's socket, in the `setup` of a component. */
export function useSocket() {
  return inject(key);
}

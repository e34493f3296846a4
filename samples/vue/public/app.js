import { createApp } from 'vue';
import { ConnectionStatus } from './connection-status.js';
import { ShoppingList } from './shopping-list.js';
import { socketPlugin } from './socket-plugin.js';

createApp({ components: { ConnectionStatus, ShoppingList } })
  .use(socketPlugin, { url: '/list', debug: true })
  .mount('#app');

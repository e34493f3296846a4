import { computed, onMounted, onUnmounted, reactive, ref } from 'vue';
import { call } from 'colloquy/client';
import { explain } from '/shared/form.js';
import { useSocket } from './socket-plugin.js';

/** Listens while it is mounted; what is clicked is a call, and the list changes when the server says so. */
export const ShoppingList = {
  setup() {
    const socket = useSocket();
    const items = reactive(new Map());
    const text = ref('');
    const problem = ref('');
    const open = computed(() => [...items.values()].filter(({ done }) => !done).length);

    const listeners = {
      items: (all) => {
        items.clear();
        for (const item of all) items.set(item.id, item);
      },
      item: (item) => items.set(item.id, item),
      removed: (id) => items.delete(id),
    };
    onMounted(() => {
      for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
    });
    onUnmounted(() => {
      for (const [event, listener] of Object.entries(listeners)) socket.off(event, listener);
    });

    async function send(event, payload) {
      problem.value = await call(socket, event, payload).then(() => '', explain);
    }
    async function add() {
      await send('add', { text: text.value.trim() });
      if (!problem.value) text.value = '';
    }
    return { items, text, problem, open, add, send };
  },
  template: `
    <section class="card" aria-labelledby="list-title">
      <header>
        <h2 id="list-title">To buy</h2>
        <span class="note" id="open">{{ open }} of {{ items.size }} open</span>
      </header>
      <form @submit.prevent="add">
        <div class="row">
          <input v-model="text" aria-label="What to buy" placeholder="What to buy" autocomplete="off" maxlength="80" />
          <button>Add</button>
        </div>
      </form>
      <p class="error" role="alert">{{ problem }}</p>
      <ul class="rows" aria-labelledby="list-title" data-empty="Nothing to buy.">
        <li v-for="item in items.values()" :key="item.id">
          <label class="row">
            <input type="checkbox" :checked="item.done" @change="send('tick', { id: item.id, done: !item.done })" />
            <component :is="item.done ? 's' : 'span'">{{ item.text }}</component>
          </label>
          <button class="quiet small" :aria-label="'Remove ' + item.text" @click="send('remove', { id: item.id })">
            Remove
          </button>
        </li>
      </ul>
    </section>`,
};

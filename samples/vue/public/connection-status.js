import { onMounted, ref } from 'vue';
import { showStatus } from '/shared/status.js';
import { useSocket } from './socket-plugin.js';

export const ConnectionStatus = {
  setup() {
    const socket = useSocket();
    const element = ref(null);
    onMounted(() => showStatus(socket, element.value));
    return { element };
  },
  template: `<p class="status" role="status" id="status" ref="element"></p>`,
};

/** Written by `colloquy types`. Do not edit it: write it again. */
import type { Call, Json } from 'colloquy/client';
import type { ChatController } from "./chat.controller.js";
import type { Line } from "./events.js";
import type { People } from "./events.js";

export interface Contract {
  "/chat": {
    events: {
      "join": Call<ChatController["join"], []>;
      "say": Call<ChatController["say"], [0]>;
    };
    emits: {
      "said": [Json<Line>];
      "people": [Json<People>];
    };
  };
}

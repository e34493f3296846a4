import { EventError } from 'colloquy';
import express, { Router } from 'express';
import type { Orders } from './orders.js';

/** The guests' side, over HTTP. */
export function orderRoutes(orders: Orders): Router {
  return Router()
    .use(express.json({ limit: '10kb' }))
    .get('/', (_request, response) => {
      response.json(orders.open);
    })
    .post('/', (request, response) => {
      const { dish } = (request.body ?? {}) as { dish?: unknown };
      if (typeof dish !== 'string' || dish.length < 1 || dish.length > 60) {
        response.status(400).json({ message: 'A dish is a text of 1 to 60 characters.' });
        return;
      }
      try {
        response.status(201).json(orders.add(dish));
      } catch (error) {
        if (!(error instanceof EventError)) throw error;
        response.status(409).json({ message: error.message });
      }
    });
}

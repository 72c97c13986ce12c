import type { ServerResponse } from 'node:http';
import { writeHead } from './answer.ts';
import type { Answer } from './answer.ts';

/** A way to deliver an answer, or not to. `now` is the endpoint's own time. */
export type Send = (response: ServerResponse, answer: Answer, now: number) => void;

export const sendWhole: Send = (response, answer, now) => {
  writeHead(response, answer, now);
  response.end(answer.body);
};

/** The change is made, and the client never learns of it. */
export const sendNothing: Send = (response) => {
  response.destroy();
};

/** The head promises the whole body, and the connection ends half-way through it. */
export const sendHalf: Send = (response, answer, now) => {
  writeHead(response, answer, now);
  const body = Buffer.from(answer.body);
  response.write(body.subarray(0, body.length >> 1), () => {
    response.destroy();
  });
};

import { EventEmitter } from 'node:events';

/** Two ends of a channel; one of them can be handed to a page. */
export class MainPort extends EventEmitter {
  other!: MainPort;
  #started = false;
  #waiting: unknown[] = [];

  postMessage(message: unknown): void {
    const copy: unknown = structuredClone(message);
    setImmediate(() => this.other.receive(copy));
  }

  receive(data: unknown): void {
    if (this.#started) this.emit('message', { data, ports: [] });
    else this.#waiting.push(data);
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.emit('message', { data, ports: [] });
  }

  close(): void {
    setImmediate(() => this.other.emit('close'));
  }
}

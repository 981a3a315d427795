/** Follows the event stream for as long as the page lives, coming back with the last id when it breaks: nothing is missed, nothing seen twice. */

import { Problem, request } from './api.ts';

export interface OrchestratorEvent {
  position: number;
  entity: string;
  type: string;
  data: Record<string, unknown>;
}

export interface Listener {
  /** The stream runs; everything up to this position has to be read once. */
  connected(position: string | undefined): void;
  event(event: OrchestratorEvent): void;
  /** The node is away; it is asked again in so many seconds. */
  away(seconds: number): void;
  /** The node refuses the stream: asking again is of no use. */
  refused(problem: Problem): void;
}

/** A quiet stream sends a comment every 15 seconds; one that is quieter than this is dead. */
const silence = 40_000;
const longest = 15_000;

/** Follows until the signal is aborted. */
export async function follow(listener: Listener, signal: AbortSignal): Promise<void> {
  let last: string | undefined;
  let pause = 500;
  while (!signal.aborted) {
    const attempt = new AbortController();
    const stop = (): void => attempt.abort();
    signal.addEventListener('abort', stop);
    let alarm = setTimeout(stop, silence);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' };
      if (last !== undefined) headers['Last-Event-ID'] = last;
      const response = await request('/api/v1/events', { headers, signal: attempt.signal });
      last ??= response.headers.get('Orchestrator-Position') ?? undefined;
      listener.connected(last);
      pause = 500;
      for await (const block of blocks(response)) {
        clearTimeout(alarm);
        alarm = setTimeout(stop, silence);
        const event = read(block);
        if (event) {
          last = String(event.position);
          listener.event(event);
        }
      }
    } catch (e) {
      if (signal.aborted) return;
      if (e instanceof Problem && (e.status === 401 || e.status === 403)) {
        listener.refused(e);
        return;
      }
    } finally {
      clearTimeout(alarm);
      signal.removeEventListener('abort', stop);
    }
    if (signal.aborted) return;
    listener.away(pause / 1000);
    await sleep(pause, signal);
    pause = Math.min(longest, pause * 2);
  }
}

async function* blocks(response: Response): AsyncGenerator<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) return;
      held += value;
      const parts = held.split('\n\n');
      held = parts.pop() ?? '';
      yield* parts;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function read(block: string): OrchestratorEvent | undefined {
  const data = block.split('\n').filter(line => line.startsWith('data: ')).map(line => line.slice(6)).join('\n');
  return data === '' ? undefined : JSON.parse(data) as OrchestratorEvent;
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

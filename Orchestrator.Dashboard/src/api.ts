/** The HTTP API, as far as this page uses it. The token is kept in the session storage of this tab only. */

export interface Agent {
  name: string;
  state: string;
  activity: string | null;
  detail: string | null;
  since: string;
  profile: string;
  role: string;
  displayName: string | null;
  folder: string;
  node: string | null;
  generation: number;
  queueLength: number;
  fact: { source: string; evidence: string } | null;
  dialog: Dialog | null;
  decision: { dialog: string; outcome: string | null } | null;
}

export interface Dialog {
  id: string;
  kind: string;
  question: string;
  subject: { kind: string; text: string; whole: boolean } | null;
  options: { number: number; label: string; meaning: string }[];
}

export interface Message {
  id: string;
  from: string;
  state: string;
  text: string;
  acceptedAt: string;
  reason: string | null;
  undecidable: boolean;
  steps: { state: string; at: string; evidence: string | null }[];
}

export interface NodeInfo {
  name: string;
  version: string;
}

export interface Output {
  source: string;
  capturedAt: string;
  text: string;
}

/** The node answered, and refused. */
export class Problem extends Error {
  constructor(readonly status: number, readonly code: string, detail: string) {
    super(detail);
  }
}

/** The node did not answer. */
export class Unreachable extends Error {}

const key = 'orchestrator.token';

export const token = {
  get: (): string | null => sessionStorage.getItem(key),
  set: (value: string): void => sessionStorage.setItem(key, value),
  forget: (): void => sessionStorage.removeItem(key),
};

/** Sends a request with the token; anything but success is thrown. */
export async function request(path: string, options: RequestInit = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  headers.set('Authorization', `Bearer ${token.get() ?? ''}`);
  let response: Response;
  try {
    response = await fetch(path, { ...options, headers, cache: 'no-store', credentials: 'omit', redirect: 'error' });
  } catch (e) {
    if (options.signal?.aborted) throw e;
    throw new Unreachable('the node does not answer');
  }
  if (response.ok) return response;
  const problem: { code?: string; detail?: string } = await response.json().catch(() => ({}));
  throw new Problem(response.status, problem.code ?? 'unknown', problem.detail ?? `the node answered ${response.status}`);
}

async function get<T>(path: string): Promise<T> {
  const response = await request(path);
  return await response.json() as T;
}

const agentPath = (name: string): string => `/api/v1/agents/${encodeURIComponent(name)}`;
const seen = (position: string | undefined): string => position ? `position=${position}` : '';

export const api = {
  node: () => get<NodeInfo>('/api/v1/node'),
  agents: (position?: string) => get<Agent[]>(`/api/v1/agents?${seen(position)}`),
  agent: (name: string, position?: string) => get<Agent>(`${agentPath(name)}?${seen(position)}`),
  output: (name: string) => get<Output>(`${agentPath(name)}/output`),
  messages: (agent: string, limit: number, position?: string) => get<Message[]>(`/api/v1/messages?agent=${encodeURIComponent(agent)}&newest=true&limit=${limit}&${seen(position)}`),
  answer: (name: string, dialog: string, option: number) =>
    request(`${agentPath(name)}/answer`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ dialog, option: String(option) }) }),
  async send(id: string, to: string, text: string): Promise<Message> {
    const response = await request('/api/v1/messages', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ id, to, text }) });
    return await response.json() as Message;
  },
};

/** A new message id: a ULID of now. Sending the same one again sends nothing twice. */
export function newId(): string {
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let time = Date.now();
  let text = '';
  for (let i = 0; i < 10; i++) {
    text = alphabet.charAt(time % 32) + text;
    time = Math.floor(time / 32);
  }
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
    text += alphabet.charAt(byte & 31);
  }
  return text;
}

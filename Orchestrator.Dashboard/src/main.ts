/** The page: signed out or in, which agent is open, and what the event stream says. */

import { api, Problem, token, type NodeInfo } from './api.ts';
import { AgentPanel } from './agent.ts';
import { AgentTable } from './agents.ts';
import { coalesced } from './coalesced.ts';
import { el, setText, show } from './dom.ts';
import { follow, type OrchestratorEvent } from './events.ts';
import { signIn } from './signin.ts';

/** With more agents changed than this, all are read in one request. */
const oneByOne = 8;

/** A reading that failed is tried again after this. */
const retry = 2000;

/** How often is looked where events may not be followed. */
const polling = 5000;

function signedOut(notice: string | null): void {
  token.forget();
  document.body.replaceChildren(el('main', { class: 'center' }, signIn(notice, signedIn)));
}

function signedIn(node: NodeInfo): void {
  const over = new AbortController();
  const table = new AgentTable();
  const changed = new Map<string, string>();
  const connection = el('span', { class: 'connection', role: 'status', 'data-connection': 'connecting' }, 'connecting…');
  const notice = el('p', { class: 'notice', role: 'alert', hidden: true });
  const main = el('main', { class: 'columns' }, table.element);
  let panel: AgentPanel | null = null;
  let everything = true;
  let position: string | undefined;

  const leave = (why: string | null): void => {
    over.abort();
    panel?.close();
    signedOut(why);
  };
  const failed = (e: unknown): void => {
    if (over.signal.aborted) return;
    if (e instanceof Problem && e.status === 401) leave('You were signed out: the token has expired or was revoked.');
    // Anything else is the connection's, which says so and comes back.
  };
  const connectionIs = (state: string, text: string): void => {
    connection.setAttribute('data-connection', state);
    setText(connection, text);
  };
  const say = (text: string | null): void => {
    setText(notice, text ?? '');
    show(notice, text !== null);
  };

  const open = (): void => {
    const name = /^#\/agents\/([a-z0-9][a-z0-9-]{0,39})$/.exec(location.hash)?.[1] ?? null;
    if (name === (panel?.name ?? null)) return;
    const before = panel?.name;
    panel?.close();
    panel = name === null ? null : new AgentPanel(name, failed);
    if (panel) main.append(panel.element);
    main.classList.toggle('open', panel !== null);
    table.select(name);
    document.title = name === null ? 'Orchestrator' : `${name} – Orchestrator`;
    const agent = name === null ? undefined : table.get(name);
    if (agent) panel?.set(agent);
    if (panel) panel.element.querySelector('h1')?.focus({ preventScroll: true });
    else if (before !== undefined) table.focus(before);
  };

  const refresh = coalesced(async () => {
    const names = [...changed.keys()];
    const all = everything || names.length > oneByOne;
    const at = position;
    everything = false;
    changed.clear();
    try {
      if (all) table.setAll(await api.agents(at));
      else for (const agent of await Promise.all(names.map(name => api.agent(name, at)))) table.set(agent);
      table.refresh();
      table.select(panel?.name ?? null);
      const agent = panel && table.get(panel.name);
      if (agent) panel?.set(agent);
    } catch (e) {
      everything = true;
      failed(e);
      setTimeout(() => { if (!over.signal.aborted) refresh(); }, retry);
    }
  });

  const happened = (event: OrchestratorEvent): void => {
    position = String(event.position);
    const [kind, name] = event.entity.split('/', 2);
    if (kind !== 'agent' || name === undefined) return;
    changed.set(name, position);
    if (panel?.name === name) panel.happened(event.type, event.position);
    refresh();
  };

  const clock = window.setInterval(() => table.refresh(), 1000);
  const keys = (event: KeyboardEvent): void => {
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.key === 'Escape' && panel) location.hash = '#/';
    if (event.key === '/' && !typing) {
      event.preventDefault();
      table.focusFilter();
    }
  };
  window.addEventListener('hashchange', open, { signal: over.signal });
  document.addEventListener('keydown', keys, { signal: over.signal });
  over.signal.addEventListener('abort', () => window.clearInterval(clock));

  document.body.replaceChildren(
    el('header', {},
      el('span', { class: 'brand' }, 'Orchestrator'),
      el('span', { class: 'quiet', title: `version ${node.version}` }, `node ${node.name}`),
      connection,
      el('button', { type: 'button', class: 'plain', click: () => leave(null) }, 'Sign out')),
    notice, main);
  open();
  refresh();
  void follow({
    connected(at) {
      position = at;
      everything = true;
      connectionIs('live', 'live');
      say(null);
      refresh();
      panel?.refreshScreen();
      panel?.refreshMessages();
    },
    event: happened,
    away(seconds) {
      connectionIs('away', 'reconnecting…');
      say(`The node is away: asking again in ${seconds < 1 ? 'a moment' : `${seconds} s`}. What is shown is how it was; agents go on without it.`);
    },
    refused(problem) {
      if (problem.status === 401) {
        failed(problem);
        return;
      }
      connectionIs('polling', 'every 5 s');
      say(`This token may not follow events (${problem.message}): the page looks every 5 seconds instead.`);
      const poll = window.setInterval(() => {
        everything = true;
        refresh();
        panel?.refreshScreen();
        panel?.refreshMessages();
      }, polling);
      over.signal.addEventListener('abort', () => window.clearInterval(poll));
    },
  }, over.signal);
}

async function start(): Promise<void> {
  if (token.get() === null) {
    signedOut(null);
    return;
  }
  try {
    signedIn(await api.node());
  } catch (e) {
    if (e instanceof Problem) {
      signedOut(e.status === 401 ? 'You were signed out: the token has expired or was revoked.' : e.message);
      return;
    }
    document.body.replaceChildren(el('main', { class: 'center' }, el('p', { class: 'card', role: 'alert' }, 'The node does not answer. Trying again…')));
    setTimeout(() => void start(), 2000);
  }
}

void start();

/** The first thing seen: where a token is asked for, and said where to find one. */

import { api, Problem, token, type NodeInfo } from './api.ts';
import { el, setText, show } from './dom.ts';

/** Shows the form; `entered` is called once the node has taken the token. */
export function signIn(notice: string | null, entered: (node: NodeInfo) => void): HTMLElement {
  const field = el('input', { id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'token-help', placeholder: 'orc_…' });
  const button = el('button', { type: 'submit', class: 'primary' }, 'Sign in');
  const error = el('p', { class: 'error', role: 'alert', id: 'sign-in-error' });
  setText(error, notice ?? '');
  show(error, notice !== null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    button.disabled = true;
    show(error, false);
    token.set(field.value.trim());
    try {
      entered(await api.node());
    } catch (e) {
      token.forget();
      setText(error, reasonOf(e));
      show(error, true);
      field.setAttribute('aria-invalid', 'true');
      field.select();
    } finally {
      button.disabled = false;
    }
  };
  const form = el('form', { class: 'card sign-in', submit: event => void submit(event), 'aria-labelledby': 'sign-in-title' },
    el('h1', { id: 'sign-in-title' }, 'Orchestrator'),
    el('p', { class: 'quiet' }, 'Sign in to see the agents of this node.'),
    el('label', { for: 'token' }, 'Token'),
    field,
    error,
    button,
    el('div', { class: 'help', id: 'token-help' },
      el('p', {}, 'The token of this machine lies in the data folder of the node, readable by its owner only:'),
      el('code', { class: 'command' }, 'cat ~/.local/share/orchestrator/cli.token'),
      el('p', {}, 'It is kept in this tab and forgotten when the tab is closed.')));
  queueMicrotask(() => field.focus());
  return form;
}

function reasonOf(e: unknown): string {
  if (!(e instanceof Problem)) return 'The node does not answer. Is it running?';
  switch (e.status) {
    case 401: return 'This token is not valid: it is not known, has expired or was revoked.';
    case 403: return `This token may not look at agents: ${e.message}.`;
    case 429: return 'Too many wrong tokens. Wait a minute, then try again.';
    default: return `The node refused: ${e.message}.`;
  }
}

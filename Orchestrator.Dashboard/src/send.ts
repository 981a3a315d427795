/** The box to send a message: says how far the last one sent has come until that is final. */

import { api, newId, Problem, type Message } from './api.ts';
import { el, setText, words } from './dom.ts';

const steps = ['queued', 'typed', 'submitted', 'confirmed'];
const failures = new Set(['failed', 'expired', 'dead_letter']);

export class SendBox {
  readonly element: HTMLFormElement;
  private readonly text = el('textarea', { id: 'message', rows: '3', required: true, placeholder: 'Write to this agent…', 'aria-keyshortcuts': 'Control+Enter' });
  private readonly button = el('button', { type: 'submit', class: 'primary' }, 'Send');
  private readonly track = el('ol', { class: 'track', hidden: true }, ...steps.map(step => el('li', { 'data-step': step }, step)));
  private readonly status = el('p', { class: 'status', role: 'status', id: 'send-status' });
  private id: string | null = null;
  private following: string | null = null;
  private position = -1;

  constructor(private readonly agent: string, private readonly stored: (message: Message) => void) {
    this.element = el('form', { class: 'send', submit: event => void this.submit(event) },
      el('label', { for: 'message' }, 'Message'), this.text,
      el('div', { class: 'actions' }, this.button, el('span', { class: 'quiet hint' }, 'Ctrl+Enter sends'), this.track), this.status);
    this.text.addEventListener('keydown', event => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        this.element.requestSubmit();
      }
    });
    // Another text is another message.
    this.text.addEventListener('input', () => { this.id = null; });
  }

  /** Shows how far the message last sent has come; any other is passed over. */
  follow(message: Message): void {
    if (message.id !== this.following) return;
    const reached = steps.indexOf(message.state);
    if (reached >= 0 && reached < this.position && message.state !== 'queued') return;
    this.position = reached;
    this.track.querySelectorAll('li').forEach((step, i) => step.classList.toggle('done', i <= reached));
    this.status.classList.toggle('error', failures.has(message.state));
    const evidence = message.reason ?? message.steps.at(-1)?.evidence;
    this.say(`${words(message.state)}${evidence ? `: ${evidence}` : ''}${message.undecidable ? ' – look at its screen before you send it again' : ''}`);
  }

  private async submit(event: Event): Promise<void> {
    event.preventDefault();
    const text = this.text.value;
    if (text.trim() === '') return;
    this.id ??= newId();
    this.button.disabled = true;
    this.status.classList.remove('error');
    this.say('sending…');
    try {
      const message = await api.send(this.id, this.agent, text);
      this.following = this.id;
      this.id = null;
      this.position = -1;
      this.text.value = '';
      this.track.hidden = false;
      this.stored(message);
    } catch (e) {
      this.track.hidden = true;
      this.status.classList.add('error');
      this.say(e instanceof Problem ? e.message : 'The node did not answer, so it is not known whether it has the message. Send it again: it will arrive once only.');
    } finally {
      this.button.disabled = false;
    }
  }

  private say(text: string): void {
    setText(this.status, text);
  }
}

/** One agent: its screen, its last messages, and a box to send it another. */

import { api, Problem, type Agent, type Message } from './api.ts';
import { fillChip } from './agents.ts';
import { coalesced } from './coalesced.ts';
import { DialogBox } from './dialog.ts';
import { el, moment, setText, show, words } from './dom.ts';
import { SendBox } from './send.ts';

const shownMessages = 20;

/** Rows that a program has left empty between what it said and where it is written to: they would push what it said out of sight. */
const emptyRows = /\n(?:[ \t]*\n){5,}/g;

/** While a program works its screen changes without an event. */
const lookAgain = 1000;

export class AgentPanel {
  readonly element: HTMLElement;
  /** Reads the screen again. */
  readonly refreshScreen = coalesced(() => this.readScreen());
  /** Reads the messages again. */
  readonly refreshMessages = coalesced(() => this.readMessages());
  private readonly state = el('span', { class: 'chip' });
  private readonly facts = el('p', { class: 'quiet facts' });
  private readonly screen = el('pre', { class: 'screen', tabindex: '0', dir: 'ltr', role: 'region', 'aria-label': 'Screen' });
  private readonly screenNote = el('p', { class: 'quiet note' });
  private readonly list = el('ol', { class: 'messages', 'aria-label': 'Last messages' });
  private readonly send: SendBox;
  private readonly dialog: DialogBox;
  private readonly timer: number;
  private position: string | undefined;
  private agent: Agent | undefined;
  private closed = false;

  constructor(readonly name: string, private readonly failed: (e: unknown) => void) {
    this.send = new SendBox(name, message => { this.send.follow(message); this.refreshMessages(); });
    this.dialog = new DialogBox(name, failed);
    this.element = el('section', { class: 'panel', 'aria-labelledby': 'agent-title' },
      el('div', { class: 'bar' },
        el('a', { href: '#/', class: 'back', 'aria-label': 'Back to all agents', title: 'Back to all agents (Esc)' }, '←'),
        el('h1', { id: 'agent-title', tabindex: '-1' }, name), this.state),
      this.facts, this.dialog.element, this.screen, this.screenNote, this.send.element,
      el('h2', {}, 'Last messages'), this.list);
    this.timer = window.setInterval(() => {
      if (this.agent?.state === 'busy' && !document.hidden) this.refreshScreen();
    }, lookAgain);
    this.refreshScreen();
    this.refreshMessages();
  }

  /** Shows the agent as it is now. */
  set(agent: Agent): void {
    this.agent = agent;
    fillChip(this.state, agent.state);
    const parts = [agent.activity && words(agent.activity), agent.detail, `${agent.profile} · ${words(agent.role)}`, agent.folder, agent.fact?.evidence];
    this.dialog.set(agent);
    setText(this.facts, parts.filter(Boolean).join('  ·  '));
  }

  /** Something happened to the agent. */
  happened(type: string, position: number): void {
    this.position = String(position);
    this.refreshScreen();
    if (type.startsWith('message.')) this.refreshMessages();
  }

  close(): void {
    this.closed = true;
    window.clearInterval(this.timer);
    this.element.remove();
  }

  private async readScreen(): Promise<void> {
    await this.read(async () => {
      const output = await api.output(this.name);
      const atEnd = this.screen.scrollHeight - this.screen.scrollTop - this.screen.clientHeight < 8;
      setText(this.screen, output.text.trimEnd().replace(emptyRows, '\n\n⋮\n\n'));
      if (atEnd) this.screen.scrollTop = this.screen.scrollHeight;
      setText(this.screenNote, output.source === 'pane' ? '' : `As it was when it ended, ${moment(output.capturedAt)}.`);
    }, problem => setText(this.screenNote, problem.message));
    show(this.screenNote, this.screenNote.textContent !== '');
  }

  private async readMessages(): Promise<void> {
    await this.read(async () => {
      const messages = await api.messages(this.name, shownMessages, this.position);
      if (this.closed) return;
      this.list.replaceChildren(...messages.map(item));
      if (messages.length === 0) this.list.append(el('li', { class: 'quiet' }, 'None yet.'));
      for (const message of messages) this.send.follow(message);
    }, problem => this.list.replaceChildren(el('li', { class: 'error' }, problem.message)));
  }

  private async read(work: () => Promise<void>, refused: (problem: Problem) => void): Promise<void> {
    if (this.closed) return;
    try {
      await work();
    } catch (e) {
      if (e instanceof Problem && e.status !== 401) refused(e);
      else this.failed(e);
    }
  }
}

function item(message: Message): HTMLElement {
  const chip = el('span', { class: 'chip' });
  fillChip(chip, message.state);
  const last = message.steps.at(-1);
  chip.title = message.steps.map(step => `${words(step.state)}: ${step.evidence ?? ''}`).join('\n');
  return el('li', { 'data-message': message.id },
    el('div', { class: 'message-head' }, el('span', { class: 'from' }, message.from), el('time', { datetime: message.acceptedAt }, moment(message.acceptedAt)), chip),
    el('p', { class: 'text' }, message.text),
    message.reason ? el('p', { class: message.state === 'queued' ? 'quiet' : 'error' }, message.reason) : last?.evidence ? el('p', { class: 'quiet evidence' }, last.evidence) : null);
}

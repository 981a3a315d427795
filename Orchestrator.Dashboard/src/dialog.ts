/** The dialog that an agent shows: what it asks, about what, and a button for each option. */

import { api, Problem, type Agent, type Dialog } from './api.ts';
import { el, setText, show, words } from './dom.ts';

export class DialogBox {
  readonly element = el('section', { class: 'dialog', 'aria-label': 'Dialog', 'aria-live': 'polite', hidden: true });
  private readonly note = el('p', { class: 'error', role: 'alert', hidden: true });
  private shown = '';

  constructor(private readonly name: string, private readonly failed: (e: unknown) => void) {}

  /** Shows the dialog as it is now. */
  set(agent: Agent): void {
    const dialog = agent.dialog;
    const pending = dialog !== null && agent.decision?.dialog === dialog.id && agent.decision.outcome === null;
    const now = JSON.stringify([dialog, pending]);
    if (now === this.shown) return;
    this.shown = now;
    this.element.replaceChildren(...(dialog ? this.parts(dialog, pending) : []));
    show(this.element, dialog !== null);
    show(this.note, false);
  }

  private parts(dialog: Dialog, pending: boolean): HTMLElement[] {
    const options = dialog.options.filter(option => option.meaning !== 'answer_in_words').map(option =>
      el('button', { type: 'button', class: option.meaning, disabled: pending, title: words(option.meaning), click: () => void this.choose(dialog.id, option.number) }, option.label));
    return [
      el('h2', {}, dialog.question || 'A dialog that cannot be read: answer it at the pane.'),
      ...(dialog.subject ? [el('pre', {}, dialog.subject.text), ...(dialog.subject.whole ? [] : [el('p', { class: 'quiet' }, 'Perhaps not all of it: see the screen.')])] : []),
      el('div', { class: 'options' }, ...options),
      this.note,
    ];
  }

  private async choose(dialog: string, option: number): Promise<void> {
    try {
      await api.answer(this.name, dialog, option);
    } catch (e) {
      if (!(e instanceof Problem) || e.status === 401) return this.failed(e);
      setText(this.note, e.message);
      show(this.note, true);
    }
  }
}

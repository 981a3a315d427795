/** The table of agents. Rows are kept and changed in place, so that focus, selection and scrolling stay where they are. */

import type { Agent } from './api.ts';
import { ago, el, moment, setText, show, words } from './dom.ts';

const columns = ['Agent', 'State', 'Activity', 'Since', 'Profile', 'Role', 'Queue'];

/** Activities that wait for a person. */
const calling = new Set(['awaiting_approval', 'awaiting_answer', 'auth_required', 'hung', 'turn_failed', 'node_lost']);

interface Row {
  agent: Agent;
  element: HTMLTableRowElement;
  cells: HTMLElement[];
}

export class AgentTable {
  readonly element: HTMLElement;
  private readonly rows = new Map<string, Row>();
  private readonly body = el('tbody');
  private readonly summary = el('p', { class: 'summary', role: 'status' });
  private readonly filter = el('input', { type: 'search', class: 'filter', placeholder: 'Filter  /', 'aria-label': 'Filter agents', input: () => this.narrow() });
  private readonly table = el('table', { 'aria-label': 'Agents' }, el('thead', {}, el('tr', {}, ...columns.map(name => el('th', { scope: 'col' }, name)))), this.body);
  private readonly empty: HTMLElement;
  private selected: string | null = null;

  constructor() {
    const command = 'bin/orc spawn a1 --profile demo --wait';
    this.empty = el('div', { class: 'empty', hidden: true },
      el('h2', {}, 'No agents yet'),
      el('p', { class: 'quiet' }, 'Spawn one in a terminal. The demo agent needs no account:'),
      el('code', { class: 'command' }, command));
    this.element = el('section', { class: 'agents', 'aria-labelledby': 'agents-title' },
      el('div', { class: 'bar' }, el('h1', { id: 'agents-title' }, 'Agents'), this.summary, this.filter),
      el('div', { class: 'scroll' }, this.table), this.empty);
    show(this.table, false);
  }

  /** Replaces all. */
  setAll(agents: readonly Agent[]): void {
    const names = new Set(agents.map(agent => agent.name));
    for (const name of this.rows.keys()) {
      if (!names.has(name)) this.remove(name);
    }
    for (const agent of agents) this.set(agent);
    this.refresh();
  }

  /** Shows one agent as it is now. */
  set(agent: Agent): void {
    let row = this.rows.get(agent.name);
    if (!row) {
      row = this.newRow(agent);
      this.rows.set(agent.name, row);
      const after = [...this.rows.keys()].sort().find(name => name > agent.name);
      this.body.insertBefore(row.element, after === undefined ? null : this.rows.get(after)!.element);
    }
    row.agent = agent;
    this.fill(row);
  }

  remove(name: string): void {
    this.rows.get(name)?.element.remove();
    this.rows.delete(name);
  }

  get(name: string): Agent | undefined {
    return this.rows.get(name)?.agent;
  }

  select(name: string | null): void {
    this.selected = name;
    for (const [each, row] of this.rows) row.element.classList.toggle('selected', each === name);
  }

  focusFilter(): void {
    this.filter.focus();
  }

  /** Puts the focus on an agent's name. */
  focus(name: string): void {
    this.rows.get(name)?.element.querySelector('a')?.focus();
  }

  /** Brings what depends on the time and on the whole up to date. */
  refresh(): void {
    const now = Date.now();
    for (const row of this.rows.values()) setText(row.cells[3]!, ago(row.agent.since, now));
    show(this.empty, this.rows.size === 0);
    show(this.table, this.rows.size > 0);
    show(this.filter, this.rows.size > 0);
    const counts = new Map<string, number>();
    for (const { agent } of this.rows.values()) counts.set(agent.state, (counts.get(agent.state) ?? 0) + 1);
    const text = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([state, count]) => `${count} ${state}`).join(' · ');
    setText(this.summary, text);
    this.narrow();
  }

  private narrow(): void {
    const wanted = this.filter.value.trim().toLowerCase();
    for (const { agent, element } of this.rows.values()) {
      show(element, [agent.name, agent.displayName, agent.state, words(agent.activity ?? ''), agent.profile, agent.role].some(text => text?.toLowerCase().includes(wanted)));
    }
  }

  private newRow(agent: Agent): Row {
    const name = el('td', { class: 'name' }, el('a', { href: `#/agents/${agent.name}` }, agent.name), el('span', { class: 'display-name' }));
    const cells = [name, ...columns.slice(1).map(column => el('td', { 'data-label': column }))];
    cells[1]!.append(el('span', { class: 'chip' }));
    const element = el('tr', {
      'data-agent': agent.name,
      click: event => {
        if (!(event.target instanceof HTMLAnchorElement)) location.hash = `#/agents/${agent.name}`;
      },
    }, ...cells);
    element.classList.toggle('selected', agent.name === this.selected);
    return { agent, element, cells };
  }

  private fill({ agent, element, cells }: Row): void {
    setText(cells[0]!.querySelector('.display-name')!, agent.displayName ?? '');
    fillChip(cells[1]!.querySelector('.chip')!, agent.state);
    setText(cells[2]!, words(agent.activity ?? '–'));
    cells[2]!.title = agent.detail ?? '';
    setText(cells[3]!, ago(agent.since, Date.now()));
    cells[3]!.title = moment(agent.since);
    setText(cells[4]!, agent.profile);
    setText(cells[5]!, words(agent.role));
    setText(cells[6]!, String(agent.queueLength));
    element.classList.toggle('calling', calling.has(agent.activity ?? ''));
    element.classList.toggle('gone', agent.state === 'terminated');
  }
}

/** A state as a coloured word. */
export function fillChip(chip: Element, state: string): void {
  setText(chip, words(state));
  chip.setAttribute('data-state', state);
}

/*
 * What the clerk answered for one document and has not confirmed yet. It survives a reload in this tab's
 * session storage and is removed with the confirmation; the daemon gets it only then. When the document has another
 * revision since, what was typed stays, but has to be looked at again.
 *
 * A row of the form: {name, label, proposal, value, absent, seen, mark}
 *   absent  the clerk says that the paper does not have it
 *   seen    the clerk was in the field, or changed it
 *   mark    'missing' nothing read | 'check' read, but a person must look | 'checked' | 'sure'
 */
import {dateForDaemon, dateForPeople, fieldLabel, isDateField} from './text.js';

const key = (documentId) => `sohoa.draft.${documentId}`;

export class Draft {
  constructor(document) {
    this.documentId = document.id;
    this.revision = document.revision;
    this.isForgotten = false;
    this.proposals = document.fields ?? {};
    const stored = sessionStorage.getItem(key(document.id));
    const kept = stored ? JSON.parse(stored) : {};
    this.values = kept.values ?? {};
    const isSame = kept.revision === document.revision;
    this.absent = new Set(isSame ? kept.absent : []);
    this.seen = new Set(isSame ? kept.seen : []);
    this.added = kept.added ?? [];
    this.chosenType = kept.type; // undefined: as proposed
    this.proposedType = document.type ?? 'unknown';
  }

  #keep() {
    if (this.isForgotten)
      return;
    sessionStorage.setItem(key(this.documentId), JSON.stringify({revision: this.revision, values: this.values,
      absent: [...this.absent], seen: [...this.seen], added: this.added, type: this.chosenType}));
  }

  forget() {
    this.isForgotten = true;
    sessionStorage.removeItem(key(this.documentId));
  }

  get type() {
    return this.chosenType ?? this.proposedType;
  }

  setType(type) {
    this.chosenType = type;
    this.#keep();
  }

  setValue(name, value) {
    this.values[name] = value;
    this.seen.add(name);
    this.absent.delete(name);
    if (name === 'no_expiry' && value === 'true' && this.names().includes('valid_until'))
      this.absent.add('valid_until');
    if (name === 'no_expiry' && value === 'false')
      this.absent.delete('valid_until');
    if (name === 'valid_until' && value && this.names().includes('no_expiry'))
      this.values.no_expiry = 'false';
    this.#keep();
  }

  setAbsent(name, isAbsent) {
    if (isAbsent)
      this.absent.add(name);
    else
      this.absent.delete(name);
    this.#keep();
  }

  setSeen(name) {
    this.seen.add(name);
    this.#keep();
  }

  add(name) {
    if (!this.names().includes(name))
      this.added.push(name);
    this.#keep();
  }

  names() {
    return [...Object.keys(this.proposals), ...this.added];
  }

  rows() {
    return this.names().map((name) => this.row(name));
  }

  row(name) {
    const proposal = this.proposals[name] ?? {value: null, needs_person: true};
    const proposed = isDateField(name) ? dateForPeople(proposal.value) : String(proposal.value ?? '');
    const value = this.values[name] ?? proposed;
    const absent = this.absent.has(name);
    const seen = this.seen.has(name);
    const needsLook = proposal.needs_person || value !== proposed;
    return {name, label: fieldLabel(name), proposal, value, absent, seen,
      mark: markOf(needsLook, value, absent, seen)};
  }

  /* Rows a person still has to answer. */
  open() {
    return this.rows().filter(({mark}) => mark === 'missing' || mark === 'check');
  }

  answers() {
    const fields = {};
    for (const {name, value, absent} of this.rows())
      fields[name] = absent ? null : isDateField(name) ? dateForDaemon(value) : value.trim();
    const answers = {fields};
    if (this.type !== this.proposedType)
      answers.type = this.type;
    return answers;
  }
}

function markOf(needsLook, value, absent, seen) {
  if (absent)
    return 'checked';
  if (!value.trim())
    return 'missing';
  if (!needsLook)
    return 'sure';
  return seen ? 'checked' : 'check';
}

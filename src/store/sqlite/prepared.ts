import type { Row } from '../store.js';
import type { Statement } from './database.js';

const FEW = 3;

/** A statement that is kept, to be used again. */
export class Prepared {
  private names: string[] = [];
  private uses = 0;

  constructor(private readonly statement: Statement) {}

  run(values: unknown[]): number {
    return Number(this.statement.run(...values).changes);
  }

  /** For what answers no row and changes nothing that is counted: SQLite's bindings make an object for each `run`. */
  exec(): void {
    this.statement.get();
  }

  get(values: unknown[]): Row | undefined {
    const isListed = this.listsRows();
    const found = this.statement.get(...values);
    return found === undefined || !isListed ? found : this.rowOf(found);
  }

  all(values: unknown[]): Row[] {
    const isListed = this.listsRows();
    const found = this.statement.all(...values);
    return isListed ? found.map((each) => this.rowOf(each)) : found;
  }

  /**
   * Objects made by the binding take half as long again as lists that are made into objects here; but asking for the
   * names would take longer than both, so what is asked a few times only, as in a hook, is left to the binding.
   */
  private listsRows(): boolean {
    this.uses += 1;
    if (this.uses <= FEW) return false;
    if (this.names.length === 0) {
      this.statement.setReturnArrays(true);
      this.names = namesOf(this.statement);
    }
    return true;
  }

  private rowOf(found: unknown): Row {
    const values = found as unknown[];
    // Another process may have brought the sheet to a newer schema meanwhile: `*` stands for more then.
    if (values.length !== this.names.length) this.names = namesOf(this.statement);
    const { names } = this;
    const row: Row = {};
    for (let index = 0; index < names.length; index += 1) row[names[index] ?? ''] = values[index];
    return row;
  }
}

function namesOf(statement: Statement): string[] {
  return statement.columns().map(({ name }) => name);
}

/** What lies around before a row's command is given. Paths are relative to the checkout; `../` is beside it. */
export interface Given {
  /** Taken away before anything else. */
  removed?: readonly string[];
  files?: Readonly<Record<string, string>>;
  /** Files whose every character is one byte. */
  bytes?: Readonly<Record<string, string>>;
  /** Symlinks and where they lead. */
  links?: Readonly<Record<string, string>>;
  fifos?: readonly string[];
  /** The repository's own git configuration. */
  gitConfig?: Readonly<Record<string, string>>;
  /** The files and links above are committed. */
  isCommitted?: boolean;
  /** The text of `../plan.yaml`. */
  plan?: string;
  /** The text of `callsheet.config.yaml`, committed. */
  config?: string;
  /** What among these has to go before the repository is whole again. */
  brokenBy?: string;
  /** Commands given before, by a person, which must be done. */
  before?: readonly (readonly string[])[];
}

/** A typed error: its code, how the command exits, and what its message must name. */
export interface Refusal {
  code: string;
  exit: 1 | 2 | 3;
  names: string;
}

/** Legal data: it is kept, and shown nowhere as anything but data. */
export interface Acceptance {
  /** What the JSON of the command must hold. */
  keeps?: string;
  /** What must not be in anything that is shown afterwards. Left out where nothing is kept that could be shown. */
  never?: readonly string[];
}

/**
 * One hostile input. In every text of a row `{folder}`, `{root}`, `{outside}` (a folder beside the checkout) and
 * `{canary}` (a file that no command may make) stand for what they are in the test.
 */
export interface Row {
  what: string;
  args: readonly string[];
  /** The key of a plan or configuration that it is about: `task.gate`, `plan.env`, `config.setup`. */
  key?: string;
  given?: Given;
  env?: Readonly<Record<string, string>>;
  /** Given by a registered session; without it, by a person. */
  as?: 'worker' | 'reviewer' | 'supervisor' | 'ended';
  /** Also given to the built command, in a process of its own. */
  process?: true;
  /** Only there: it is about what the process takes from its surroundings. */
  processOnly?: true;
  refused?: Refusal;
  accepted?: Acceptance;
}

export const refused = (code: string, exit: Refusal['exit'], names: string): Pick<Row, 'refused'> => ({
  refused: { code, exit, names },
});

/** Answered; nothing of it is kept. */
export const accepted = (keeps?: string): Pick<Row, 'accepted'> => ({
  accepted: keeps === undefined ? {} : { keeps },
});

/** Kept as data, and shown as such. */
export const kept = (keeps: string, never: readonly string[] = []): Pick<Row, 'accepted'> => ({
  accepted: { keeps, never },
});

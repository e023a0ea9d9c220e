/** One character on a screen. */
export interface Cell {
  char: string;
  /** Shown faint, as programs show what they suggest. */
  isDim: boolean;
  /** Shown with its colours changed for each other, as programs show a cursor that they draw. */
  isInverse: boolean;
}

/** What a pane shows, from its top. */
export interface Screen {
  lines: Cell[][];
  cursor: { x: number; y: number };
}

const SEQUENCE = /\u001b(?:\[([0-9;:]*)([A-Za-z])|[()].|.)/y;

/** Lines with their styles, from what `capture-pane -e` prints. Styles go on from line to line. */
export function toScreen(text: string, cursor: Screen['cursor']): Screen {
  const style = { isDim: false, isInverse: false };
  const lines = text.split('\n').map((line) => cellsOf(line, style));
  return { lines, cursor };
}

function cellsOf(line: string, style: Omit<Cell, 'char'>): Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; at < line.length;) {
    SEQUENCE.lastIndex = at;
    const found = SEQUENCE.exec(line);
    if (found === null) {
      const char = String.fromCodePoint(line.codePointAt(at) ?? 0);
      cells.push({ char, ...style });
      at += char.length;
      continue;
    }
    at += found[0].length;
    if (found[2] === 'm') applyStyles(found[1] ?? '', style);
  }
  return cells;
}

/** Colours are numbers as well, behind 38 and 48: those are passed over. */
function applyStyles(given: string, style: Omit<Cell, 'char'>): void {
  const codes = given.split(';').map(Number);
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at];
    if (code === 38 || code === 48 || code === 58) at += codes[at + 1] === 2 ? 4 : 2;
    else if (code === 0) Object.assign(style, { isDim: false, isInverse: false });
    else if (code === 2) style.isDim = true;
    else if (code === 22) style.isDim = false;
    else if (code === 7) style.isInverse = true;
    else if (code === 27) style.isInverse = false;
  }
}

import { applyPatch } from 'diff';

/** What an agent takes a file to hold. */
export type Views = Map<string, string>;

const PART = /^callsheet: /m;
const PATH = /^(?:not written\. |take care\. )?(\S+) has changed /;

/** The changes of files that a text tells of, as patches. */
function changesIn(text: string): { path: string; patch: string }[] {
  return text.split(PART).flatMap((part) => {
    const path = PATH.exec(part)?.[1];
    const lines = part.split('\n').filter((line) => /^(?:@@ |[ +\\-])/.test(line));
    return path === undefined ? [] : [{ path, patch: lines.join('\n') }];
  });
}

/**
 * An agent that is told what has changed takes that into its picture of the file; where the two do not fit it has to read
 * the file again.
 */
export function takeIn(views: Views, text: string): void {
  for (const { path, patch } of changesIn(text)) {
    const view = views.get(path);
    if (view === undefined) continue;
    const merged = /More has changed|cannot be shown/.test(text) ? false : merge(view, patch);
    if (merged === false) views.delete(path);
    else views.set(path, merged);
  }
}

function merge(view: string, patch: string): string | false {
  try {
    return applyPatch(view, `--- file\n+++ file\n${patch}\n`);
  } catch {
    return false;
  }
}

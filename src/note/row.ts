import {
  defined,
  jsonOf,
  numberOf,
  oneOf,
  optionalText,
  textListOf,
  textOf,
  type Row,
} from '../store/index.js';
import { NOTE_KINDS, type Anchors, type Note } from './note.js';

/** Maps a row of `note` and refuses one it does not understand. */
export function toNote(row: Row): Note {
  return defined({
    id: textOf(row, 'id'),
    seq: numberOf(row, 'seq'),
    kind: oneOf(row, 'kind', NOTE_KINDS),
    key: optionalText(row, 'key'),
    text: textOf(row, 'text'),
    tags: textListOf(row, 'tags'),
    files: textListOf(row, 'files'),
    anchors: jsonOf(row, 'anchors') as Anchors,
    taskId: optionalText(row, 'task_id'),
    runId: optionalText(row, 'run_id'),
    agentId: optionalText(row, 'agent_id'),
    supersedes: optionalText(row, 'supersedes'),
    supersededBy: optionalText(row, 'superseded_by'),
    createdAt: numberOf(row, 'created_ms'),
  });
}

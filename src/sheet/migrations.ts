import { agentSchema, followingSchema, formerNameSchema, subagentSchema } from '../agent/index.js';
import { checkpointSchema } from '../checkpoint/index.js';
import { conflictDecisionSchema, conflictSchema } from '../conflict/index.js';
import { eventSchema } from '../event/index.js';
import { evidenceSchema, gateCauseSchema } from '../gate/index.js';
import { goalSchema } from '../goal/index.js';
import { landingSchema } from '../landing/index.js';
import { lockSchema } from '../lock/index.js';
import { messageDeliverySchema, messageSchema } from '../message/index.js';
import { noteAnchorSchema, noteSchema } from '../note/index.js';
import { noticeSchema } from '../notice/index.js';
import { mentionSchema, readSchema, seenBeforeSchema, seenSchema } from '../read/index.js';
import { runSchema } from '../run/index.js';
import { snapshotSchema } from '../snapshot/index.js';
import { storeSchema, type Migration } from '../store/index.js';
import { taskReviewSchema, taskSchema } from '../task/index.js';
import { workspaceSchema } from '../workspace/index.js';
import {
  callEditsSchema,
  callSchema,
  knownFileSchema,
  writeSchema,
  writeSuspectSchema,
} from '../write/index.js';

/** Every step of the sheet's schema, in order. A released step is never edited; a change is a new step. */
export const MIGRATIONS: Migration[] = [
  {
    version: 1,
    sqlite: [
      storeSchema,
      eventSchema,
      agentSchema,
      taskSchema,
      runSchema,
      lockSchema,
      readSchema,
      seenSchema,
      writeSchema,
      callSchema,
      knownFileSchema,
      messageSchema,
      noteSchema,
      noticeSchema,
      conflictSchema,
      checkpointSchema,
      snapshotSchema,
      evidenceSchema,
      workspaceSchema,
      landingSchema,
    ].join('\n'),
  },
  // What notes are anchored to.
  { version: 2, sqlite: noteAnchorSchema },
  // Names that agents had before they were renamed.
  { version: 3, sqlite: formerNameSchema },
  // What all of it is for.
  { version: 4, sqlite: goalSchema },
  // A lead and workers in terminals: who is handed tasks, and who waits.
  { version: 5, sqlite: followingSchema },
  // To whom each message was brought, and when.
  { version: 6, sqlite: messageDeliverySchema },
  // Reviews, and what earlier attempts came to.
  { version: 7, sqlite: taskReviewSchema },
  // What most likely made a gate red.
  { version: 8, sqlite: gateCauseSchema },
  // How conflicts are to end.
  { version: 9, sqlite: conflictDecisionSchema },
  // Whose work it is that subagents did.
  { version: 10, sqlite: subagentSchema },
  // Files that prompts of sessions have named.
  { version: 11, sqlite: mentionSchema },
  // What was known of a file before a call that may not have shown it.
  { version: 12, sqlite: seenBeforeSchema },
  // Whose commands may have made a write that is nobody's.
  { version: 13, sqlite: writeSuspectSchema },
  // What calls under way replace.
  { version: 14, sqlite: callEditsSchema },
];

/**
 * What to do about a refusal, in words of tools: hints of operations are in words of the command line, which not every
 * client has.
 */
export const HINTS: Readonly<Record<string, string>> = {
  NOTHING_READY: 'Try again when one of these has ended. With nothing open, tell the lead: send_message.',
  TASK_NOT_READY: 'Look at it with get_status and its id, or take the next one: claim_task without id.',
  LEASE_LOST: 'Others go on with it: stop this work, and take the next task with claim_task.',
  ATTEMPT_NEEDED: 'Write only about the task that you hold: claim_task.',
  LOCK_HELD: 'Wait in line with wait, work on something else, or ask its holder: send_message.',
  NOTE_STANDS: 'Give supersedes with its id, or keep_both when both hold.',
  TASK_UNKNOWN: 'See the tasks: get_status.',
  AGENT_UNKNOWN: 'See who is there: get_status.',
  MESSAGE_UNKNOWN: 'Name the message by the id that it came with.',
  NOTE_UNKNOWN: 'Find it with search_context.',
  TASK_EXISTS: 'Choose another id, or look at it with get_status and its id.',
  TASK_STATE: 'Look at it with get_status and its id.',
  ANSWER_TO_NOTHING: 'Name its question: reply_to.',
  GATE_RED: 'Mend it, then call complete_task again.',
  RESULT_INVALID: 'Give result as {"summary": "…", "files": ["…"], "findings": ["…"]}.',
  RESULT_MISMATCH: 'Give data in result as the task’s output schema wants it.',
  CONSENT_NEEDED:
    'A person has to agree to it: ask them to complete it by hand, with callsheet task complete.',
};

export const CONFLICT_ID = {
  kind: 'name',
  positional: true,
  required: true,
  placeholder: 'CONFLICT',
  help: 'Its id; see: callsheet conflict list',
} as const;

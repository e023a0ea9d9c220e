/** Wrong usage, in words for the person who typed it. */
export class UsageError extends Error {}

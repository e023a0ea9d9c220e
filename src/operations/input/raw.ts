/** Input as a face hands it over: not checked yet, lists always as lists. */
export type RawInput = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
